// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSBlobDriver
    import LMSCurlDriver
    import LMSEventLoop
    import LMSKit
    import LMSOpenSSLDriver
    import LMSTenancy
    import Testing

    /// A service that speaks S3 and is not ours (`Tests/Peers/s3_service.py`), which can be told to fail.
    ///
    /// SAFETY: the process is started and ended by the one who has the peer; in between only the port is read.
    final class S3Peer: @unchecked Sendable {
        static let bucket = "files"
        static let accessKey = "AKIDEXAMPLE"
        static let secret = "a secret of the tests"
        static let region = "eu-test-1"
        private static let root = URL(filePath: #filePath)
            .deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        private static let loops = Result { try EventLoopGroup(count: 1, name: "s3") }
        private static let pool = Result { try SidePool(threads: 2, queueLimit: 100, name: "s3") }
        private static let installation = Result {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["bash", root.appending(path: "scripts/peers").path]
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "scripts/peers failed: it needs python3-venv and PyPI")
        }

        let port: UInt16
        private let process = Process()
        /// The service ends when nobody holds the other end any more, also if the tests are killed.
        private let input = Pipe()

        init() throws {
            try Self.installation.get()
            let output = Pipe()
            process.executableURL = Self.root.appending(path: ".lms-peers/bin/python")
            process.arguments = [
                "-W", "ignore", Self.root.appending(path: "Tests/Peers/s3_service.py").path, Self.bucket,
                Self.accessKey, Self.secret, Self.region,
            ]
            process.standardInput = input
            process.standardOutput = output
            // It tells of every connection that it closes for a test.
            process.standardError = FileHandle.nullDevice
            try process.run()
            var told = Data()
            // What is written at once may come in parts; nothing more comes from one that ended.
            while !told.contains(UInt8(ascii: "\n")), case let part = output.fileHandleForReading.availableData,
                !part.isEmpty
            {
                told += part
            }
            let line = String(decoding: told, as: UTF8.self)
            let match = try #require(line.firstMatch(of: /ready (\d+)/), "the service did not start")
            port = try #require(UInt16(match.1))
        }

        deinit { process.terminate() }

        private static func client() throws -> CurlHTTPClient {
            let ranges = NetworkRange.list("127.0.0.1") ?? []
            return CurlHTTPClient(loop: try loops.get().next(), addresses: OutgoingAddresses(allowing: ranges))
        }

        /// A store in the service's bucket.
        func store(
            secret: String = S3Peer.secret,
            attempts: Int = 4,
            change: (inout S3Configuration) -> Void = { _ in }
        ) throws -> S3BlobStore {
            var configuration = S3Configuration(
                endpoint: try #require(ServiceEndpoint("http://127.0.0.1:\(port)")),
                bucket: Self.bucket,
                region: Self.region,
                credentials: S3Configuration.Credentials(accessKey: Self.accessKey, secret: Secret(secret))
            )
            configuration.prefix = "school/"
            configuration.attempts = attempts
            change(&configuration)
            return S3BlobStore(
                configuration,
                http: try Self.client(),
                cryptography: try OpenSSLCryptography(),
                loop: try Self.loops.get().next(),
                pool: try Self.pool.get()
            )
        }

        /// A request of the service.
        struct Request: Decodable {
            let method: String
            let path: String
            let status: Int
        }

        /// What befalls the next request of a method.
        struct Fault: Encodable {
            let method: String
            let kind: String
            var status = 503
            var fields: [String: String] = [:]
        }

        /// Has the next requests fail, and forgets what arrived before.
        func fail(_ faults: [Fault]) async throws {
            let json = try Array(JSONEncoder().encode(faults))
            let reply = try await Self.client().send(
                OutgoingRequest(.post, "http://127.0.0.1:\(port)/_faults", body: json)
            )
            #expect(reply.status == 204)
        }

        /// What arrived since `fail`, in order.
        func requests() async throws -> [Request] {
            let reply = try await Self.client().send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/_requests"))
            return try JSONDecoder().decode([Request].self, from: Data(reply.body))
        }

        /// Asks an address, as a browser would that was given it.
        static func ask(
            _ method: OutgoingRequest.Method,
            _ url: String,
            fields: [(name: String, value: String)] = [],
            body: [UInt8] = []
        ) async throws -> OutgoingResponse {
            var fields = fields
            // As a browser says of a file; libcurl would say that it is a form.
            if !body.isEmpty { fields.append(("content-type", "application/octet-stream")) }
            return try await client().send(OutgoingRequest(method, url, fields: fields, body: body))
        }
    }
#endif
