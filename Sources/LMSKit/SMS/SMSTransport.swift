// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Sends text messages to telephones.
public protocol SMSTransport: Sendable {
    /// Hands one message over.
    ///
    /// Returning means that whoever sends it took responsibility for it.
    ///
    /// - Parameters:
    ///   - text: The message.
    ///   - number: Who gets it: `+` and digits (E.164).
    ///   - reference: The same each time it is tried, so that it is not sent twice.
    /// - Throws: `SMSTransportError`.
    func send(_ text: String, to number: String, reference: String) async throws(SMSTransportError)
}

/// Why a message was not handed over.
@nonexhaustive
public enum SMSTransportError: Error, Sendable, Equatable {
    /// It will never be taken, or the number is none.
    case refused
    /// It may be taken later.
    case tryLater
    /// The build has no transport.
    case notBuilt
}

/// Stands where there is nothing to send with: every message stays where it is.
public struct NoSMSTransport: SMSTransport {
    /// Makes one.
    public init() {}

    /// Sends nothing.
    public func send(_ text: String, to number: String, reference: String) async throws(SMSTransportError) {
        throw .notBuilt
    }
}
