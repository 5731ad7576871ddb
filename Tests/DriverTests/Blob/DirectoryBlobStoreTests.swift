// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSBlobDriver
import LMSEventLoop
import LMSKit
import LMSTenancy
import Testing

@Suite struct DirectoryBlobStoreTests {
    let root: URL
    let store: DirectoryBlobStore
    let identifiers = IdentifierSource()

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "blob-tests-\(UUID().uuidString)/deep/store")
        store = try DirectoryBlobStore(root: root.path, pool: SidePool(threads: 2, queueLimit: 100))
    }

    func key() -> BlobKey { BlobKey(identifiers.next(), of: identifiers.next()) }

    @Test(arguments: [0, 1, 1_000_000]) func `bytes come back as they were stored`(count: Int) async throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let key = key()
        try await store.put({ bytes }, as: key)
        #expect(try await store.bytes(of: key) == bytes)
        try await store.put({ [1, 2] }, as: key)
        #expect(try await store.bytes(of: key) == [1, 2])
    }

    @Test func `what was removed or never stored is missing`() async throws {
        let key = key()
        await #expect(throws: BlobError.missing) { try await store.bytes(of: key) }
        try await store.remove(key)
        try await store.put({ [1] }, as: key)
        try await store.remove(key)
        await #expect(throws: BlobError.missing) { try await store.bytes(of: key) }
    }

    @Test func `a file of one tenant is not there for another`() async throws {
        let key = key()
        try await store.put({ [1] }, as: key)
        await #expect(throws: BlobError.missing) {
            try await store.bytes(of: BlobKey(key.file, of: identifiers.next()))
        }
    }

    @Test func `content that fails leaves nothing behind`() async throws {
        struct Failure: Error {}
        await #expect(throws: BlobError.self) { try await store.put({ throw Failure() }, as: key()) }
        let left = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
        #expect(left.isEmpty)
    }

    @Test func `the files are the user's own`() async throws {
        let key = key()
        try await store.put({ [1] }, as: key)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(root.path)/\(key)")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
}
