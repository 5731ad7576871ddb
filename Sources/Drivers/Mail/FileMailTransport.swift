// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSBlobDriver
public import LMSEventLoop
public import LMSKit

/// Writes mail to files instead of sending it, for development: `<directory>/<sender's domain>/<time>-<Message-ID>.eml`.
///
/// A file appears under its name when it is whole, readable by its owner only, and a message that is tried again replaces it.
public struct FileMailTransport: MailTransport {
    private let directory: String
    private let pool: SidePool

    /// Prepares the writing; the directory is made with the first message.
    ///
    /// - Parameters:
    ///   - directory: Where the files go.
    ///   - pool: The threads that wait for the disk.
    public init(directory: String, pool: SidePool) {
        self.directory = directory
        self.pool = pool
    }

    /// Writes one message.
    public func send(_ mail: OutgoingMail) async throws(MailTransportError) {
        let domain = mail.from.address.address.drop { $0 != "@" }.dropFirst().lowercased()
        let directory = "\(directory)/\(domain)"
        let name = "\(OutboxName.time(mail.date))-\(OutboxName.part(mail.messageID)).eml"
        do {
            try await pool.run {
                try FileSystem.makeDirectories(directory)
                try FileSystem.write(mail.internetMessage, to: "\(directory)/\(name)", in: directory)
            }
        } catch {
            throw .tryLater(code: nil)
        }
    }
}
