// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSBlobDriver
public import LMSEventLoop
public import LMSKit

/// Writes text messages to files instead of sending them, for development: `<directory>/<number>/<reference>.txt`.
///
/// A file appears under its name when it is whole, readable by its owner only, and a message that is tried again replaces it.
public struct FileSMSTransport: SMSTransport {
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
    public func send(_ text: String, to number: String, reference: String) async throws(SMSTransportError) {
        guard number.first == "+", (2...15).contains(number.dropFirst().utf8.count),
            number.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .refused }
        let directory = "\(directory)/\(number)"
        let name = "\(OutboxName.part(reference)).txt"
        do {
            try await pool.run {
                try FileSystem.makeDirectories(directory)
                try FileSystem.write(Array(text.utf8), to: "\(directory)/\(name)", in: directory)
            }
        } catch {
            throw .tryLater
        }
    }
}
