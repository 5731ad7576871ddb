// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
public import LMSKit
public import LMSTenancy
import Synchronization

/// A store in memory.
public final class MemoryBlobStore: BlobStore {
    private let kept = Mutex<[BlobKey: [UInt8]]>([:])
    private let pending = Mutex<[BlobUpload: [Int: [UInt8]]]>([:])
    private let refused = Mutex<Set<Int>>([])
    private let capacity: Int
    /// As long as the test wants.
    public let partSize: Int
    private let address: String?

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - capacity: How many files it takes; it refuses the ones after.
    ///   - partSize: How long parts are.
    ///   - address: What leads its addresses, at which nobody answers; it makes none without.
    public init(capacity: Int = .max, partSize: Int = 1 << 20, address: String? = nil) {
        self.address = address
        self.capacity = capacity
        self.partSize = partSize
    }

    /// How many files it has.
    public var count: Int { kept.withLock(\.count) }

    /// What is kept, as whoever has the store's disk sees and changes it.
    public subscript(key: BlobKey) -> [UInt8]? {
        get { kept.withLock { $0[key] } }
        set { kept.withLock { $0[key] = newValue } }
    }

    /// Which files it has.
    public var keys: Set<BlobKey> { kept.withLock { Set($0.keys) } }

    /// Stores bytes.
    public func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        let bytes: [UInt8]
        do {
            bytes = try content()
        } catch {
            throw .unavailable(reason: "\(error)")
        }
        guard count < capacity else { throw .unavailable(reason: "full") }
        kept.withLock { $0[key] = bytes }
    }

    /// Opens a file.
    public func open(_ key: BlobKey) async throws(BlobError) -> any BlobReader {
        guard let bytes = kept.withLock({ $0[key] }) else { throw .missing }
        return Reader(content: bytes)
    }

    /// Removes a file.
    public func remove(_ key: BlobKey) async throws(BlobError) {
        _ = kept.withLock { $0.removeValue(forKey: key) }
    }

    /// Lists files.
    public func list(of tenant: TenantID, after position: String?, limit: Int) async throws(BlobError) -> BlobPage {
        let keys = keys.filter { $0.tenant == tenant && $0.description > position ?? "" }
            .sorted { $0.description < $1.description }
        let blobs = keys.prefix(limit).map { StoredBlob($0, byteCount: self[$0]?.count ?? 0, storedAt: .now) }
        return BlobPage(blobs: blobs, next: keys.count > limit ? blobs.last?.key.description : nil)
    }

    /// Begins an upload.
    public func beginUpload(of key: BlobKey) async throws(BlobError) -> BlobUpload {
        let upload = BlobUpload(key, token: "\(UInt64.random(in: .min ... .max))")
        pending.withLock { $0[upload] = [:] }
        return upload
    }

    /// Has no time for a part the next time that it is sent.
    ///
    /// - Parameter number: Which part, from 1.
    public func refuse(part number: Int) {
        _ = refused.withLock { $0.insert(number) }
    }

    /// Keeps a part.
    public func add(_ content: [UInt8], as number: Int, to upload: BlobUpload) async throws(BlobError) -> BlobPart {
        if refused.withLock({ $0.remove(number) }) != nil { throw .busy }
        let isThere = pending.withLock { pending in
            guard pending[upload] != nil else { return false }
            pending[upload]?[number] = content
            return true
        }
        guard isThere else { throw .missing }
        return BlobPart(number: number, byteCount: content.count, tag: "")
    }

    /// Joins parts.
    public func complete(_ upload: BlobUpload, parts: [BlobPart]) async throws(BlobError) {
        guard parts.isWhole(partSize: partSize) else { throw .incomplete }
        guard let stored = pending.withLock({ $0.removeValue(forKey: upload) }) else { throw .missing }
        self[upload.key] = parts.flatMap { stored[$0.number] ?? [] }
    }

    /// Forgets an upload.
    public func abort(_ upload: BlobUpload) async throws(BlobError) {
        _ = pending.withLock { $0.removeValue(forKey: upload) }
    }

    /// Lists uploads.
    public func uploads(of tenant: TenantID) async throws(BlobError) -> [BlobUpload] {
        pending.withLock { $0.keys.filter { $0.key.tenant == tenant } }
    }

    /// None, unless it has an address.
    public func link(to use: BlobLink.Use, _ key: BlobKey, for lifetime: Duration) -> BlobLink? {
        address.map { BlobLink(url: Secret("\($0)/\(key)")) }
    }

    private struct Reader: BlobReader {
        let content: [UInt8]
        var byteCount: Int { content.count }

        func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
            Array(content[range.clamped(to: 0..<content.count)])
        }
    }
}
