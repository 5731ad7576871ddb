// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Stands where there is nothing to send with: every message stays where it is.
public struct NoMailTransport: MailTransport {
    /// Makes one.
    public init() {}

    /// Sends nothing.
    public func send(_ mail: OutgoingMail) async throws(MailTransportError) {
        throw .notBuilt
    }
}
