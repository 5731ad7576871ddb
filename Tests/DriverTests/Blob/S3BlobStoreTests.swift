// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSBlobDriver
    import LMSKit
    import LMSOpenSSLDriver
    import LMSTenancy
    import Testing

    /// What only a store far away does: it has no time, loses replies, and lets others read and write.
    ///
    /// One after another, because what befalls the next request is the service's and not the test's.
    @Suite(.serialized) struct S3BlobStoreTests {
        private static let shared = Result { try S3Peer() }
        let peer: S3Peer
        let key = BlobCase.key()

        init() throws {
            peer = try Self.shared.get()
        }

        private typealias Fault = PeerService.Fault

        private func count(_ method: String, _ status: Int? = nil) async throws -> Int {
            try await peer.service.requests().count { $0.method == method && (status == nil || $0.status == status) }
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
            await #expect(throws: BlobError.unavailable(reason: "S3: 503 SlowDown")) {
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
            let upload = try await store.beginUpload(of: key)
            try await peer.service.fail([Fault(method: "PUT", kind: "drop"), Fault(method: "POST", kind: "drop")])
            let first = try await store.add(Array(whole[..<store.partSize]), as: 1, to: upload)
            let second = try await store.add(Array(whole[store.partSize...]), as: 2, to: upload)
            try await store.complete(upload, parts: [first, second])
            let kept = try await store.bytes(of: key)
            #expect(try BlobCase.areEqual(kept, whole))
            #expect(try await store.uploads(of: key.tenant).isEmpty)
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
            let source = TestSource(BlobCase.bytes(store.partSize + 1), piece: 1 << 20)
            try await peer.service.fail([Fault(method: "PUT", kind: "corrupt")])
            await #expect(throws: BlobError.damaged) { try await store.put(source, as: key) }
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            await #expect(throws: BlobError.missing) { try await store.open(key) }
        }

        @Test func `an upload whose service fails for good is aborted`() async throws {
            let store = try peer.store(attempts: 1)
            let source = TestSource(BlobCase.bytes(2 * store.partSize), piece: 1 << 20)
            try await peer.service.fail([Fault(method: "PUT", kind: "status", status: 500)])
            await #expect(throws: BlobError.self) { try await store.put(source, as: key) }
            #expect(try await count("DELETE", 204) == 1)
            #expect(try await store.uploads(of: key.tenant).isEmpty)
        }

        @Test func `a wrong secret is refused and not tried again`() async throws {
            let store = try peer.store(secret: "another")
            try await peer.service.fail([])
            await #expect(throws: BlobError.unavailable(reason: "S3: 403 SignatureDoesNotMatch")) {
                try await store.put({ [1] }, as: key)
            }
            #expect(try await count("PUT") == 1)
        }

        @Test func `a service that nobody reaches is unavailable`() async throws {
            let store = try peer.store(attempts: 2) { configuration in
                guard let endpoint = ServiceEndpoint("http://127.0.0.1:1") else { return }
                configuration = S3Configuration(
                    endpoint: endpoint,
                    bucket: configuration.bucket,
                    region: configuration.region,
                    credentials: configuration.credentials
                )
                configuration.attempts = 2
            }
            await #expect(throws: BlobError.unavailable(reason: "S3: unreachable")) { try await store.open(key) }
        }

        @Test func `whoever has an address reads the file and nothing else, and no longer than it is good`()
            async throws
        {
            let store = try peer.store()
            try await store.put({ Array("a file".utf8) }, as: key)
            let use = BlobLink.Use.read(mediaType: "text/plain", name: "Überblick \"1\".txt")
            let link = try #require(store.link(to: use, key, for: .seconds(300)))
            let reply = try await PeerService.ask(.get, link.url.reveal())
            #expect(reply.status == 200 && reply.body == Array("a file".utf8))
            #expect(reply.field("content-type")?.hasPrefix("text/plain") == true)
            #expect(reply.field("content-disposition") == "attachment; filename*=UTF-8''%C3%9Cberblick%20%221%22.txt")
            #expect(link.url.description == "•••")
            // What a browser may run something in is saved, whatever its type is called.
            for (mediaType, way) in [
                ("image/png", "inline"), ("image/svg+xml", "attachment"), ("text/html", "attachment"),
            ] {
                let shown = try #require(
                    store.link(to: .read(mediaType: mediaType, name: "a"), key, for: .seconds(300))
                )
                let answer = try await PeerService.ask(.get, shown.url.reveal())
                #expect(answer.field("content-disposition") == "\(way); filename*=UTF-8''a")
            }
            let other = BlobCase.key(of: key.tenant)
            try await store.put({ [9] }, as: other)
            let elsewhere = link.url.reveal().replacing("\(key)", with: "\(other)")
            #expect(try await PeerService.ask(.get, elsewhere).status == 403)
            let longer = link.url.reveal().replacing("X-Amz-Expires=300", with: "X-Amz-Expires=604800")
            #expect(try await PeerService.ask(.get, longer).status == 403)
            #expect(try await PeerService.ask(.delete, link.url.reveal()).status == 403)
        }

        @Test func `an address to store takes these bytes and no others`() async throws {
            let store = try peer.store()
            let content = Array("a video".utf8)
            let digest = try OpenSSLCryptography().sha256(content)
            let use = BlobLink.Use.store(byteCount: content.count, sha256: digest)
            let link = try #require(store.link(to: use, key, for: .seconds(300)))
            let url = link.url.reveal()
            let longer = Array("a longer video".utf8)
            let other = Array(longer.dropLast(7))
            #expect(try await PeerService.ask(.put, url, fields: link.fields, body: other).status == 400)
            let fields = link.fields.filter { $0.name != "content-length" }
            #expect(try await PeerService.ask(.put, url, fields: fields, body: longer).status == 403)
            await #expect(throws: BlobError.missing) { try await store.open(key) }
            #expect(try await PeerService.ask(.put, url, fields: link.fields, body: content).status == 200)
            #expect(try await store.bytes(of: key) == content)
        }

        @Test func `files of two installations in one bucket do not meet`() async throws {
            let (first, second) = (try peer.store(), try peer.store { $0.prefix = "academy/" })
            try await first.put({ [1] }, as: key)
            await #expect(throws: BlobError.missing) { try await second.open(key) }
            #expect(try await second.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
        }
    }
#endif
