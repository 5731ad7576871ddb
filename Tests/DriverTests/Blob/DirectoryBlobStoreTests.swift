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

    @Test func `what writing that was cut off has left is removed once it is old, and no file and no upload`()
        async throws
    {
        let key = key()
        try await store.put({ [1] }, as: key)
        let upload = try await store.beginUpload(of: key)
        let left = "\(root.path)/\(key).18446744073709551615"
        try Data([1]).write(to: URL(filePath: left))
        #expect(try await store.sweep(key.tenant, before: .distantPast) == 0)
        #expect(try await store.sweep(key.tenant, before: .distantFuture) == 1)
        #expect(!FileManager.default.fileExists(atPath: left))
        #expect(try await store.bytes(of: key) == [1])
        #expect(try await store.uploads(of: key.tenant).map(\.token) == [upload.token])
        try await store.removeAll(of: key.tenant)
        #expect(try await store.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
        #expect(try await store.uploads(of: key.tenant).isEmpty)
    }

    @Test func `an upload is the user's own too, and in no list of files`() async throws {
        let key = key()
        let upload = try await store.beginUpload(of: key)
        _ = try await store.add([1], as: 1, to: upload)
        let path = "\(root.path)/.uploads/\(key.tenant)/\(key.file).\(upload.token)"
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try await store.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
        #expect(store.link(to: .read(mediaType: "text/plain", name: nil), key, for: .seconds(60)) == nil)
    }
}
