// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import Foundation
    internal import LMSBlobDriver
    internal import LMSCurlDriver
    internal import LMSEventLoop
    internal import LMSKit
    internal import LMSOpenSSLDriver
    internal import LMSTenancy
    internal import LMSTestSupport

    /// The service of `Tests/Peers` that speaks S3, and a client that asks it as strangers do.
    final class S3Service: Sendable {
        static let shared = Result { try S3Service() }
        private static let loops = Result { try EventLoopGroup(count: 1, name: "s3") }
        private static let pool = Result { try SidePool(threads: 2, queueLimit: 100, name: "s3") }
        private static let bucket = "uploads"
        private static let region = "eu-test-1"
        private static let accessKey = "AKIDEXAMPLE"
        private static let secret = "a secret of the tests"

        private let port: UInt16
        private let program: Program

        init() throws {
            let arguments = [Self.bucket, Self.accessKey, Self.secret, Self.region]
            (program, port) = try PeerPrograms.service("s3_service.py", arguments)
        }

        private static func client() throws -> CurlHTTPClient {
            let ranges = NetworkRange.list("127.0.0.1") ?? []
            return CurlHTTPClient(loop: try loops.get().next(), addresses: OutgoingAddresses(allowing: ranges))
        }

        /// A store in the service's bucket, whose requests and addresses are dated by a clock.
        func store(clock: WallClock = .system) throws -> S3BlobStore {
            guard let endpoint = ServiceEndpoint("http://127.0.0.1:\(port)") else { throw TestFailure("no address") }
            var configuration = S3Configuration(
                endpoint: endpoint,
                bucket: Self.bucket,
                region: Self.region,
                credentials: S3Configuration.Credentials(accessKey: Self.accessKey, secret: Secret(Self.secret))
            )
            // Nothing of another test is there.
            configuration.prefix = "\(UUID().uuidString.lowercased())/"
            return S3BlobStore(
                configuration,
                http: try Self.client(),
                cryptography: try OpenSSLCryptography(),
                clock: clock,
                loop: try Self.loops.get().next(),
                pool: try Self.pool.get()
            )
        }

        /// Sends bytes to an address, as a browser would that was given it.
        func send(
            _ bytes: [UInt8],
            to url: String,
            _ fields: [(name: String, value: String)]
        ) async throws -> Int {
            let request = OutgoingRequest(
                .put,
                url,
                fields: fields + [("content-type", "application/octet-stream")],
                body: bytes
            )
            return Int(try await Self.client().send(request).status)
        }
    }
#endif
