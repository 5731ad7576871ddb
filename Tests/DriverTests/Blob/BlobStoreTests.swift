// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSBlobDriver
import LMSEventLoop
import LMSKit
import Testing

/// Every store has to do the same.
@Suite struct BlobStoreTests {
    private static let pool = Result { try SidePool(threads: 2, queueLimit: 100, name: "blobs") }

    @Test(arguments: BlobCase.all) func `a directory`(_ example: BlobCase) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "blob-tests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }  // left behind in the temporary directory if it fails
        try await example.run(DirectoryBlobStore(root: root.path, pool: Self.pool.get(), partSize: 1 << 20))
    }

    #if Curl
        private static let peer = Result { try S3Peer() }

        @Test(arguments: BlobCase.all) func `a service that speaks S3`(_ example: BlobCase) async throws {
            try await example.run(try Self.peer.get().store())
        }

        private static let azure = Result { try AzurePeer() }

        @Test(arguments: BlobCase.all) func `Azure Blob Storage`(_ example: BlobCase) async throws {
            try await example.run(try Self.azure.get().store())
        }

        @Test(arguments: BlobCase.all) func `Azure Blob Storage by a shared access signature`(
            _ example: BlobCase
        ) async throws {
            let peer = try Self.azure.get()
            try await example.run(try peer.store(credentials: try await peer.granted("rcwdl")))
        }
    #endif
}
