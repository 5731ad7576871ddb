// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import LMSBlobDriver
    import LMSEventLoop
    import LMSKit
    import LMSOpenSSLDriver
    import LMSTenancy
    import Testing

    /// A service that speaks S3 and is not ours (`Tests/Peers/s3_service.py`), which can be told to fail.
    struct S3Peer {
        static let bucket = "files"
        static let accessKey = "AKIDEXAMPLE"
        static let secret = "a secret of the tests"
        static let region = "eu-test-1"

        let service: PeerService

        init() throws {
            service = try PeerService("s3_service.py", [Self.bucket, Self.accessKey, Self.secret, Self.region])
        }

        /// A store in the service's bucket.
        func store(
            secret: String = S3Peer.secret,
            attempts: Int = 4,
            change: (inout S3Configuration) -> Void = { _ in }
        ) throws -> S3BlobStore {
            var configuration = S3Configuration(
                endpoint: try #require(ServiceEndpoint("http://127.0.0.1:\(service.port)")),
                bucket: Self.bucket,
                region: Self.region,
                credentials: S3Configuration.Credentials(accessKey: Self.accessKey, secret: Secret(secret))
            )
            configuration.prefix = "school/"
            configuration.attempts = attempts
            change(&configuration)
            return S3BlobStore(
                configuration,
                http: try PeerService.client(),
                cryptography: try OpenSSLCryptography(),
                loop: try PeerService.loop(),
                pool: try PeerService.pool()
            )
        }
    }
#endif
