// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Keeps the bytes of files; it never sees a name that came from outside.
///
/// A file appears under its key when all of it is stored, and not before. What is larger than a part is written in parts and
/// read in pieces, so that nobody holds more than a few megabytes of it.
public protocol BlobStore: Sendable {
    /// How long every part of an upload but the last one is, in bytes.
    var partSize: Int { get }

    /// Stores bytes; they are on the disk when this returns.
    ///
    /// - Parameters:
    ///   - content: Makes the bytes; called off the event loops.
    ///   - key: Where they belong. What is there already is replaced.
    /// - Throws: `BlobError.unavailable` if they could not be made or stored, `.damaged` if they changed on the way, `.busy` if
    ///   too much waits.
    func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError)

    /// Opens a file, as it is at this moment, for reading.
    ///
    /// - Parameter key: Where it belongs.
    /// - Returns: What reads it.
    /// - Throws: `BlobError.missing` if there is none; `.unavailable`; `.busy`.
    func open(_ key: BlobKey) async throws(BlobError) -> any BlobReader

    /// Removes bytes; does nothing if there are none.
    ///
    /// - Parameter key: Where they belong.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func remove(_ key: BlobKey) async throws(BlobError)

    /// Lists a tenant's files, for those who look for what nobody needs.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - position: Where the page before ended; the beginning without.
    ///   - limit: The most files, 1 through 1000.
    /// - Returns: Files in an order that does not change.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func list(of tenant: TenantID, after position: String?, limit: Int) async throws(BlobError) -> BlobPage

    /// Begins to store a file in parts.
    ///
    /// - Parameter key: Where it belongs.
    /// - Returns: What the parts are added to. It can be written down and be gone on with by another process.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func beginUpload(of key: BlobKey) async throws(BlobError) -> BlobUpload

    /// Stores a part; it is on the disk when this returns.
    ///
    /// - Parameters:
    ///   - content: `partSize` bytes; of the last part 1 through as many.
    ///   - number: Which part, from 1 through 10,000. One that is there already is replaced.
    ///   - upload: What it is a part of.
    /// - Returns: What `complete` asks for.
    /// - Throws: `BlobError.missing` if the upload is over; `.damaged` if the part changed on the way; `.unavailable`; `.busy`.
    func add(_ content: [UInt8], as number: Int, to upload: BlobUpload) async throws(BlobError) -> BlobPart

    /// Makes a file of its parts.
    ///
    /// - Parameters:
    ///   - upload: What was begun.
    ///   - parts: All its parts in order, from the first one without a gap.
    /// - Throws: `BlobError.missing` if the upload is over; `.incomplete` if the parts are not those; `.unavailable`; `.busy`.
    func complete(_ upload: BlobUpload, parts: [BlobPart]) async throws(BlobError)

    /// Forgets an upload and its parts; does nothing if it is over. Happens also if the caller's task is cancelled.
    ///
    /// - Parameter upload: What was begun.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func abort(_ upload: BlobUpload) async throws(BlobError)

    /// Lists a tenant's uploads that were begun and neither completed nor aborted.
    ///
    /// - Parameter tenant: The tenant.
    /// - Returns: At most 1000 of them.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func uploads(of tenant: TenantID) async throws(BlobError) -> [BlobUpload]

    /// Removes what writing that was cut off has left of a tenant and that is no file, such as temporary files.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - instant: What was changed later is left alone.
    /// - Returns: How much was removed.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func sweep(_ tenant: TenantID, before instant: Date) async throws(BlobError) -> Int

    /// Makes an address by which one file can be read or stored without us; asks nobody.
    ///
    /// - Parameters:
    ///   - use: What it is good for.
    ///   - key: Where the file belongs.
    ///   - lifetime: How long it is good, at most 7 days.
    /// - Returns: The address; `nil` from a store that has none for this use.
    func link(to use: BlobLink.Use, _ key: BlobKey, for lifetime: Duration) -> BlobLink?
}

/// Reads one file, as it was when it was opened.
public protocol BlobReader: Sendable {
    /// How long it is.
    var byteCount: Int { get }

    /// Reads a part of it.
    ///
    /// - Parameter range: Which bytes; what is outside the file is left out. All of them are in memory at once.
    /// - Returns: The bytes.
    /// - Throws: `BlobError.changed` if the file is another one by now; `.damaged`; `.missing`; `.unavailable`; `.busy`.
    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8]
}

/// Gives content piece by piece, at the pace of the one who takes it.
public protocol BlobSource: Sendable {
    /// Waits for the next piece; one caller at a time.
    ///
    /// - Returns: The piece, `nil` at the end.
    /// - Throws: `BlobError`, after which nothing of the content is kept.
    func next() async throws(BlobError) -> [UInt8]?
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

    /// Reads a place as `description` writes it; `nil` for anything else.
    ///
    /// - Parameter path: The relative path.
    public init?(path: some StringProtocol) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let tenant = TenantID(parts[0]), let file = StoredFile.ID(parts[2]) else { return nil }
        self.init(file, of: tenant)
        guard description == path else { return nil }
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
    /// What was to be stored ended before its end.
    case interrupted
    /// The bytes are not those that were announced or stored.
    case damaged
    /// The file was replaced while it was read.
    case changed
    /// A part is missing, or has a wrong length.
    case incomplete
}
