// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Keeps the bytes of files; it never sees a name that came from outside.
public protocol BlobStore: Sendable {
    /// Stores bytes; they are on the disk when this returns.
    ///
    /// - Parameters:
    ///   - content: Makes the bytes; called off the event loops.
    ///   - key: Where they belong. What is there already is replaced.
    /// - Throws: `BlobError.unavailable` if they could not be made or stored, `.busy` if too much waits.
    func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError)

    /// Reads bytes.
    ///
    /// - Parameter key: Where they belong.
    /// - Returns: All of them.
    /// - Throws: `BlobError.missing` if there are none; `.unavailable`; `.busy`.
    func bytes(of key: BlobKey) async throws(BlobError) -> [UInt8]

    /// Removes bytes; does nothing if there are none.
    ///
    /// - Parameter key: Where they belong.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func remove(_ key: BlobKey) async throws(BlobError)
}

/// Where the bytes of one file of one tenant belong: made from identifiers only.
public struct BlobKey: Sendable, Hashable, CustomStringConvertible {
    /// The tenant that the file is of.
    public let tenant: TenantID
    /// The file.
    public let file: StoredFile.ID

    /// Names a place.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - tenant: The tenant that it is of.
    public init(_ file: StoredFile.ID, of tenant: TenantID) {
        self.tenant = tenant
        self.file = file
    }

    /// The tenant, the last byte of the file's identifier and the file, as a relative path.
    public var description: String { "\(tenant)/\(file.description.suffix(2))/\(file)" }
}

/// Why bytes could not be stored or read.
@nonexhaustive
public enum BlobError: Error, Sendable, Equatable {
    /// There are none.
    case missing
    /// The disk or the network refused.
    case unavailable(reason: String)
    /// Too much waits for the store; try again in a second.
    case busy
}
