// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import Synchronization

/// Keeps bytes in memory, and refuses them from the given one on.
final class MemoryBlobStore: BlobStore {
    private let kept = Mutex<[BlobKey: [UInt8]]>([:])
    private let capacity: Int

    init(capacity: Int = .max) {
        self.capacity = capacity
    }

    var count: Int { kept.withLock(\.count) }

    func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        let bytes: [UInt8]
        do {
            bytes = try content()
        } catch {
            throw .unavailable(reason: "\(error)")
        }
        guard count < capacity else { throw .unavailable(reason: "full") }
        kept.withLock { $0[key] = bytes }
    }

    func bytes(of key: BlobKey) async throws(BlobError) -> [UInt8] {
        guard let bytes = kept.withLock({ $0[key] }) else { throw .missing }
        return bytes
    }

    func remove(_ key: BlobKey) async throws(BlobError) {
        _ = kept.withLock { $0.removeValue(forKey: key) }
    }
}
