// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
public import LMSEventLoop
public import LMSKit

/// Keeps files in a local directory: `<tenant>/<two characters>/<file>`, all of them identifiers.
///
/// A file appears under its name only when all its bytes are on the disk, so a crash leaves either the whole file or a
/// temporary one that nothing names.
public struct DirectoryBlobStore: BlobStore {
    private let root: String
    private let pool: SidePool

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - root: Its directory; made if it is not there, for this user only.
    ///   - pool: The threads that wait for the disk.
    /// - Throws: `BlobError.unavailable` if the directory cannot be made.
    public init(root: String, pool: SidePool) throws(BlobError) {
        self.root = root
        self.pool = pool
        try FileSystem.makeDirectories(root)
    }

    /// Stores bytes; they are on the disk when this returns.
    public func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        let path = path(of: key)
        try await onPool {
            let bytes = try content()
            let directory = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
            try FileSystem.makeDirectories(directory)
            try FileSystem.write(bytes, to: path, in: directory)
        }
    }

    /// Reads bytes.
    public func bytes(of key: BlobKey) async throws(BlobError) -> [UInt8] {
        let path = path(of: key)
        return try await onPool { try FileSystem.read(path) }
    }

    /// Removes bytes; does nothing if there are none.
    public func remove(_ key: BlobKey) async throws(BlobError) {
        let path = path(of: key)
        try await onPool { try FileSystem.remove(path) }
    }

    private func path(of key: BlobKey) -> String { "\(root)/\(key)" }

    private func onPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(BlobError) -> Value {
        do {
            return try await pool.run(body)
        } catch let error as BlobError {
            throw error
        } catch is SidePool.Busy {
            throw .busy
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }
}
