// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSBlobDriver
    import LMSKit
    import LMSOpenSSLDriver
    import LMSTenancy
    import Testing

    /// What only a store far away does, and what is Azure's own.
    ///
    /// One after another, because what befalls the next request is the service's and not the test's.
    @Suite(.serialized) struct AzureBlobStoreTests {
        private static let shared = Result { try AzurePeer() }
        let peer: AzurePeer
        let key = BlobCase.key()

        init() throws {
            peer = try Self.shared.get()
        }

        private typealias Fault = PeerService.Fault

        private func count(_ method: String, _ status: Int? = nil) async throws -> Int {
            try await peer.service.requests().count { $0.method == method && (status == nil || $0.status == status) }
        }

        /// Stores what is longer than a part, in parts.
        private func source(_ parts: Int) throws -> TestSource {
            TestSource(BlobCase.bytes(parts * (1 << 20) + 1), piece: 1 << 20)
        }

        @Test(arguments: [500, 503, 429]) func `a service without time is asked again until it has some`(
            status: Int
        ) async throws {
            let store = try peer.store()
            let refusal = Fault(method: "PUT", kind: "status", status: status, fields: ["Retry-After": "0"])
            try await peer.service.fail([refusal, refusal])
            try await store.put({ [1, 2, 3] }, as: key)
            #expect(try await store.bytes(of: key) == [1, 2, 3])
            #expect(try await count("PUT", status) == 2)
            #expect(try await count("PUT") == 3)
        }

        @Test func `a service that never has time is told of, after as many tries as were set`() async throws {
            let store = try peer.store(attempts: 3)
            let refusal = Fault(method: "PUT", kind: "status", fields: ["Retry-After": "0"])
            try await peer.service.fail([refusal, refusal, refusal])
            await #expect(throws: BlobError.unavailable(reason: "Azure: 503 ServerBusy")) {
                try await store.put({ [1] }, as: key)
            }
            #expect(try await count("PUT") == 3)
        }

        @Test func `Retry-After is kept`() async throws {
            let store = try peer.store()
            try await peer.service.fail([Fault(method: "PUT", kind: "status", fields: ["Retry-After": "1"])])
            let clock = ContinuousClock()
            let begun = clock.now
            try await store.put({ [1] }, as: key)
            #expect(clock.now - begun >= .seconds(1))
        }

        @Test func `a reply that got lost costs one more try, of parts and of their end`() async throws {
            let store = try peer.store()
            let whole = BlobCase.bytes(store.partSize + 10)
            try await peer.service.fail([Fault(method: "PUT", comp: "", kind: "drop")])
            let upload = try await store.beginUpload(of: key)
            try await peer.service.fail([
                Fault(method: "PUT", comp: "block", kind: "drop"),
                Fault(method: "PUT", comp: "blocklist", kind: "drop"),
                Fault(method: "DELETE", kind: "drop"),
            ])
            let first = try await store.add(Array(whole[..<store.partSize]), as: 1, to: upload)
            let second = try await store.add(Array(whole[store.partSize...]), as: 2, to: upload)
            try await store.complete(upload, parts: [first, second])
            let kept = try await store.bytes(of: key)
            #expect(try BlobCase.areEqual(kept, whole))
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            #expect(try await count("PUT") == 5)
            #expect(try await count("DELETE", 404) == 1)
        }

        @Test func `an upload that was completed and not forgotten is completed again, as it was`() async throws {
            let store = try peer.store(attempts: 1)
            let whole = BlobCase.bytes(store.partSize + 10)
            let upload = try await store.beginUpload(of: key)
            let first = try await store.add(Array(whole[..<store.partSize]), as: 1, to: upload)
            let second = try await store.add(Array(whole[store.partSize...]), as: 2, to: upload)
            try await peer.service.fail([Fault(method: "DELETE", kind: "status")])
            await #expect(throws: BlobError.unavailable(reason: "Azure: 503 ServerBusy")) {
                try await store.complete(upload, parts: [first, second])
            }
            #expect(try await store.uploads(of: key.tenant).map(\.token) == [upload.token])
            try await store.complete(upload, parts: [first, second])
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            let kept = try await store.bytes(of: key)
            #expect(try BlobCase.areEqual(kept, whole))
            await #expect(throws: BlobError.missing) { try await store.complete(upload, parts: [first, second]) }
        }

        @Test func `content that breaks off is read again`() async throws {
            let store = try peer.store()
            let whole = BlobCase.bytes(100_000)
            try await store.put({ whole }, as: key)
            let reader = try await store.open(key)
            try await peer.service.fail([Fault(method: "GET", kind: "cut")])
            let kept = try await reader.all()
            #expect(try BlobCase.areEqual(kept, whole))
        }

        @Test func `bytes that change on the way are refused by the service, and nothing is kept`() async throws {
            let store = try peer.store()
            try await peer.service.fail([Fault(method: "PUT", kind: "corrupt")])
            await #expect(throws: BlobError.damaged) { try await store.put({ [1, 2, 3] }, as: key) }
            await #expect(throws: BlobError.missing) { try await store.open(key) }
            for comp in ["block", "blocklist"] {
                try await peer.service.fail([Fault(method: "PUT", comp: comp, kind: "corrupt")])
                await #expect(throws: BlobError.damaged) { try await store.put(try source(2), as: key) }
                #expect(try await store.uploads(of: key.tenant).isEmpty)
                await #expect(throws: BlobError.missing) { try await store.open(key) }
                #expect(
                    try await peer.seenByMicrosoft(key) == AzurePeer.Sight(content: nil, names: [], uncommitted: [])
                )
            }
        }

        @Test func `an upload whose service fails for good is aborted, and its blocks are gone`() async throws {
            let store = try peer.store(attempts: 1)
            // The end fails when all parts are there.
            for failing in ["block", "blocklist"] {
                try await peer.service.fail([Fault(method: "PUT", comp: failing, kind: "status", status: 500)])
                await #expect(throws: BlobError.unavailable(reason: "Azure: 500 ServerBusy")) {
                    try await store.put(try source(2), as: key)
                }
                #expect(try await store.uploads(of: key.tenant).isEmpty)
                #expect(
                    try await peer.seenByMicrosoft(key) == AzurePeer.Sight(content: nil, names: [], uncommitted: [])
                )
            }
        }

        @Test func `blocks are seen by nobody but Microsoft's client until they are a file, which it reads`()
            async throws
        {
            let store = try peer.store()
            let whole = BlobCase.bytes(store.partSize + 10)
            let upload = try await store.beginUpload(of: key)
            let first = try await store.add(Array(whole[..<store.partSize]), as: 1, to: upload)
            let name = "school/\(key)"
            #expect(
                try await peer.seenByMicrosoft(key) == AzurePeer.Sight(content: nil, names: [], uncommitted: [name])
            )
            #expect(try await store.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
            let second = try await store.add(Array(whole[store.partSize...]), as: 2, to: upload)
            try await store.complete(upload, parts: [first, second])
            let digest = try OpenSSLCryptography().sha256(whole).map { String(format: "%02x", $0) }.joined()
            #expect(
                try await peer.seenByMicrosoft(key) == AzurePeer.Sight(content: digest, names: [name], uncommitted: [])
            )
        }

        @Test func `an aborted upload leaves another one of the same file alone, and the last one takes all along`()
            async throws
        {
            let store = try peer.store()
            let whole = BlobCase.bytes(100)
            let lost = try await store.beginUpload(of: key)
            _ = try await store.add([9], as: 1, to: lost)
            let kept = try await store.beginUpload(of: key)
            let part = try await store.add(whole, as: 1, to: kept)
            try await store.abort(lost)
            #expect(try await store.uploads(of: key.tenant).map(\.token) == [kept.token])
            await #expect(throws: BlobError.missing) { try await store.add([9], as: 2, to: lost) }
            try await store.abort(lost)
            try await store.complete(kept, parts: [part])
            #expect(try await store.bytes(of: key) == whole)
            let other = BlobCase.key(of: key.tenant)
            let (first, second) = (try await store.beginUpload(of: other), try await store.beginUpload(of: other))
            _ = try await store.add([1], as: 1, to: first)
            try await store.abort(first)
            try await store.abort(second)
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            await #expect(throws: BlobError.missing) { try await store.open(other) }
            let left = try await peer.seenByMicrosoft(other)
            #expect(left.content == nil && !left.uncommitted.contains("school/\(other)"))
        }

        @Test func `who was interrupted while aborting goes on, and what takes blocks away is never a file`()
            async throws
        {
            let store = try peer.store(attempts: 1)
            let upload = try await store.beginUpload(of: key)
            _ = try await store.add([1], as: 1, to: upload)
            // What takes the blocks away is stored, and then nothing is removed any more.
            try await peer.service.fail([Fault(method: "DELETE", kind: "status")])
            await #expect(throws: BlobError.unavailable(reason: "Azure: 503 ServerBusy")) {
                try await store.abort(upload)
            }
            await #expect(throws: BlobError.missing) { try await store.open(key) }
            #expect(try await store.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
            #expect(try await store.uploads(of: key.tenant).map(\.token) == [upload.token])
            try await store.abort(upload)
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            #expect(try await peer.seenByMicrosoft(key) == AzurePeer.Sight(content: nil, names: [], uncommitted: []))
        }

        @Test func `an aborted upload of a file that is there leaves the file, and those who read it`() async throws {
            let store = try peer.store()
            try await store.put({ [1, 2, 3] }, as: key)
            let reader = try await store.open(key)
            let upload = try await store.beginUpload(of: key)
            _ = try await store.add([9], as: 1, to: upload)
            try await store.abort(upload)
            #expect(try await reader.bytes(0..<3) == [1, 2, 3])
            #expect(try await store.uploads(of: key.tenant).isEmpty)
        }

        @Test func `a part whose block is gone is missed before anything is replaced`() async throws {
            let store = try peer.store()
            let upload = try await store.beginUpload(of: key)
            let part = try await store.add([9], as: 1, to: upload)
            // Whatever is stored under the name takes blocks along.
            try await store.put({ [1, 2, 3] }, as: key)
            await #expect(throws: BlobError.incomplete) { try await store.complete(upload, parts: [part]) }
            #expect(try await store.bytes(of: key) == [1, 2, 3])
            let longer = BlobPart(number: 1, byteCount: 2, tag: "")
            _ = try await store.add([9], as: 1, to: upload)
            await #expect(throws: BlobError.incomplete) { try await store.complete(upload, parts: [longer]) }
            #expect(try await store.bytes(of: key) == [1, 2, 3])
            try await store.abort(upload)
        }

        @Test func `a wrong key is refused and not tried again`() async throws {
            let store = try peer.store(credentials: .key(Secret(Array(1..<65))))
            try await peer.service.fail([])
            await #expect(throws: BlobError.unavailable(reason: "Azure: 403 AuthenticationFailed")) {
                try await store.put({ [1] }, as: key)
            }
            #expect(try await count("PUT") == 1)
        }

        @Test func `a container that is not there is no file that is not there`() async throws {
            let store = try peer.store(container: "others")
            await #expect(throws: BlobError.unavailable(reason: "Azure: 404 ContainerNotFound")) {
                try await store.open(key)
            }
        }

        @Test func `a service that nobody reaches is unavailable`() async throws {
            let store = try peer.store(port: 1, attempts: 2)
            await #expect(throws: BlobError.unavailable(reason: "Azure: unreachable")) { try await store.open(key) }
        }

        @Test func `whoever has an address reads the file and nothing else, and no longer than it is good`()
            async throws
        {
            let store = try peer.store()
            try await store.put({ Array("a file".utf8) }, as: key)
            let use = BlobLink.Use.read(mediaType: "text/plain", name: "Überblick \"1\".txt")
            let link = try #require(store.link(to: use, key, for: .seconds(300)))
            #expect(link.fields.isEmpty && link.url.description == "•••")
            let url = link.url.reveal()
            let reply = try await PeerService.ask(.get, url)
            #expect(reply.status == 200 && reply.body == Array("a file".utf8))
            #expect(reply.field("content-type") == "text/plain")
            #expect(reply.field("content-disposition") == "attachment; filename*=UTF-8''%C3%9Cberblick%20%221%22.txt")
            let part = try await PeerService.ask(.get, url, fields: [("range", "bytes=2-3")])
            #expect(part.status == 206 && part.body == Array("fi".utf8))
            let shown = try #require(store.link(to: .read(mediaType: "image/png", name: "a"), key, for: .seconds(300)))
            let picture = try await PeerService.ask(.get, shown.url.reveal())
            #expect(picture.field("content-disposition") == "inline; filename*=UTF-8''a")
            let other = BlobCase.key(of: key.tenant)
            try await store.put({ [9] }, as: other)
            #expect(try await PeerService.ask(.get, url.replacing("\(key)", with: "\(other)")).status == 403)
            let longer = url.replacing(/se=[0-9]+/, with: "se=2999")
            #expect(longer != url)
            #expect(try await PeerService.ask(.get, longer).status == 403)
            #expect(try await PeerService.ask(.get, url.replacing("sp=r", with: "sp=rwd")).status == 403)
            #expect(try await PeerService.ask(.get, url.replacing("text%2Fplain", with: "text%2Fhtml")).status == 403)
            #expect(try await PeerService.ask(.delete, url).status == 403)
            let blockBlob = [(name: "x-ms-blob-type", value: "BlockBlob")]
            #expect(try await PeerService.ask(.put, url, fields: blockBlob, body: [6]).status == 403)
            #expect(try await store.bytes(of: key) == Array("a file".utf8))
        }

        @Test func `there is no address to store, and none from who has only a signature of another's`() async throws {
            let digest = try OpenSSLCryptography().sha256([1])
            let store = try peer.store()
            #expect(store.link(to: .store(byteCount: 1, sha256: digest), key, for: .seconds(300)) == nil)
            let granted = try peer.store(credentials: try await peer.granted("rcwdl"))
            #expect(granted.link(to: .read(mediaType: "text/plain", name: nil), key, for: .seconds(300)) == nil)
        }

        @Test func `a signature that allows reading only stores and removes nothing`() async throws {
            let store = try peer.store()
            try await store.put({ [1] }, as: key)
            let reading = try peer.store(credentials: try await peer.granted("rl"))
            #expect(try await reading.bytes(of: key) == [1])
            let refusal = BlobError.unavailable(reason: "Azure: 403 AuthorizationPermissionMismatch")
            await #expect(throws: refusal) { try await reading.put({ [2] }, as: key) }
            await #expect(throws: refusal) { try await reading.remove(key) }
            await #expect(throws: refusal) { try await reading.beginUpload(of: key) }
            #expect(try await store.bytes(of: key) == [1])
        }

        @Test func `files and uploads of two installations in one container do not meet`() async throws {
            let (first, second) = (try peer.store(), try peer.store(prefix: "academy/"))
            try await first.put({ [1] }, as: key)
            let upload = try await first.beginUpload(of: key)
            await #expect(throws: BlobError.missing) { try await second.open(key) }
            #expect(try await second.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
            #expect(try await second.uploads(of: key.tenant).isEmpty)
            await #expect(throws: BlobError.missing) { try await second.add([1], as: 1, to: upload) }
            try await second.abort(upload)
            #expect(try await first.uploads(of: key.tenant).map(\.token) == [upload.token])
            try await first.abort(upload)
        }
    }
#endif
