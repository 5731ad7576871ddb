// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSEventLoop
public import LMSKit
public import LMSTenancy

/// Keeps files in a local directory: `<tenant>/<two characters>/<file>`, all of them identifiers.
///
/// A file appears under its name only when all its bytes are on the disk, so a crash leaves either the whole file or a
/// temporary one that nothing names. Uploads are below `.uploads`, each in one file that its parts are written into.
public struct DirectoryBlobStore: BlobStore {
    private let root: String
    private let pool: SidePool

    /// Each part is written to the disk by itself: long enough for that to cost little.
    public let partSize: Int

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - root: Its directory; made if it is not there, for this user only.
    ///   - pool: The threads that wait for the disk.
    ///   - partSize: How long the parts of uploads are, in bytes.
    /// - Throws: `BlobError.unavailable` if the directory cannot be made.
    public init(root: String, pool: SidePool, partSize: Int = 2 << 20) throws(BlobError) {
        self.root = root
        self.pool = pool
        self.partSize = partSize
        try FileSystem.makeDirectories(root)
    }

    /// Stores bytes; they are on the disk when this returns.
    public func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        let path = path(of: key)
        try await onPool {
            let bytes = try content()
            let directory = FileSystem.parent(of: path)
            try FileSystem.makeDirectories(directory)
            try FileSystem.write(bytes, to: path, in: directory)
        }
    }

    /// Opens a file; what replaces it later is not read.
    public func open(_ key: BlobKey) async throws(BlobError) -> any BlobReader {
        let path = path(of: key)
        let file = try await onPool { try FileSystem.OpenFile(path) }
        return DirectoryBlobReader(file: file, pool: pool)
    }

    /// Removes bytes; does nothing if there are none.
    public func remove(_ key: BlobKey) async throws(BlobError) {
        let path = path(of: key)
        try await onPool { try FileSystem.remove(path) }
    }

    /// Lists a tenant's files in the order of their paths.
    public func list(of tenant: TenantID, after position: String?, limit: Int) async throws(BlobError) -> BlobPage {
        let root = root
        return try await onPool {
            var blobs: [StoredBlob] = []
            for directory in FileSystem.names(in: "\(root)/\(tenant)") {
                let end = "\(tenant)/\(directory)/~"
                if let position, end < position { continue }
                for name in FileSystem.names(in: "\(root)/\(tenant)/\(directory)") {
                    // What is being written has another name.
                    guard let key = BlobKey(path: "\(tenant)/\(directory)/\(name)"),
                        position.map({ key.description > $0 }) ?? true,
                        let facts = FileSystem.facts(of: "\(root)/\(key)")
                    else { continue }
                    blobs.append(StoredBlob(key, byteCount: facts.byteCount, storedAt: facts.changedAt))
                    if blobs.count == limit { return BlobPage(blobs: blobs, next: key.description) }
                }
            }
            return BlobPage(blobs: blobs, next: nil)
        }
    }

    /// Begins an upload.
    public func beginUpload(of key: BlobKey) async throws(BlobError) -> BlobUpload {
        let token = "\(UInt64.random(in: .min ... .max))"
        let upload = BlobUpload(key, token: token, begunAt: Date())
        let path = try path(of: upload)
        try await onPool {
            try FileSystem.makeDirectories(FileSystem.parent(of: path))
            try FileSystem.create(path)
        }
        return upload
    }

    /// Writes a part at its place.
    public func add(
        _ content: [UInt8],
        as number: Int,
        to upload: BlobUpload
    ) async throws(BlobError) -> BlobPart {
        guard (1...10_000).contains(number), (1...partSize).contains(content.count) else { throw .incomplete }
        let path = try path(of: upload)
        let offset = (number - 1) * partSize
        try await onPool { try FileSystem.write(content, at: offset, of: path) }
        return BlobPart(number: number, byteCount: content.count, tag: "")
    }

    /// Gives an upload the file's name.
    public func complete(_ upload: BlobUpload, parts: [BlobPart]) async throws(BlobError) {
        guard parts.isWhole(partSize: partSize) else { throw .incomplete }
        let (from, path) = (try path(of: upload), path(of: upload.key))
        let count = parts.reduce(0) { $0 + $1.byteCount }
        try await onPool {
            guard let facts = FileSystem.facts(of: from) else { throw BlobError.missing }
            guard facts.byteCount == count else { throw BlobError.incomplete }
            let directory = FileSystem.parent(of: path)
            try FileSystem.makeDirectories(directory)
            try FileSystem.move(from, to: path, in: directory)
        }
    }

    /// Removes an upload.
    public func abort(_ upload: BlobUpload) async throws(BlobError) {
        let path = try path(of: upload)
        try await onPool { try FileSystem.remove(path) }
    }

    /// Lists a tenant's uploads.
    public func uploads(of tenant: TenantID) async throws(BlobError) -> [BlobUpload] {
        let directory = "\(root)/.uploads/\(tenant)"
        return try await onPool {
            FileSystem.names(in: directory).prefix(1000).compactMap { name in
                let parts = name.split(separator: ".", omittingEmptySubsequences: false)
                guard parts.count == 2, let file = StoredFile.ID(parts[0]) else { return nil }
                let facts = FileSystem.facts(of: "\(directory)/\(name)")
                return BlobUpload(BlobKey(file, of: tenant), token: String(parts[1]), begunAt: facts?.changedAt)
            }
        }
    }

    /// Removes temporary files of writing that was cut off.
    public func sweep(_ tenant: TenantID, before instant: Date) async throws(BlobError) -> Int {
        let root = root
        return try await onPool {
            var count = 0
            for directory in FileSystem.names(in: "\(root)/\(tenant)") {
                for name in FileSystem.names(in: "\(root)/\(tenant)/\(directory)") {
                    let path = "\(tenant)/\(directory)/\(name)"
                    guard BlobKey(path: path) == nil, let facts = FileSystem.facts(of: "\(root)/\(path)"),
                        facts.changedAt < instant
                    else { continue }
                    try FileSystem.remove("\(root)/\(path)")
                    count += 1
                }
            }
            return count
        }
    }

    /// None: files of a directory are read and stored through the host only.
    public func link(to use: BlobLink.Use, _ key: BlobKey, for lifetime: Duration) -> BlobLink? { nil }

    private func path(of key: BlobKey) -> String { "\(root)/\(key)" }

    private func path(of upload: BlobUpload) throws(BlobError) -> String {
        // A token may have been outside meanwhile.
        guard let token = UInt64(upload.token), "\(token)" == upload.token else { throw .missing }
        return "\(root)/.uploads/\(upload.key.tenant)/\(upload.key.file).\(token)"
    }

    private func onPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(BlobError) -> Value {
        try await pool.store(body)
    }
}

/// Reads an open file.
private struct DirectoryBlobReader: BlobReader {
    let file: FileSystem.OpenFile
    let pool: SidePool

    var byteCount: Int { file.byteCount }

    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        let (file, range) = (file, range.clamped(to: 0..<byteCount))
        return try await pool.store { try file.read(range) }
    }
}

extension SidePool {
    /// Runs a step of a store.
    func store<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(BlobError) -> Value {
        do {
            return try await run(body)
        } catch let error as BlobError {
            throw error
        } catch is SidePool.Busy {
            throw .busy
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }
}
