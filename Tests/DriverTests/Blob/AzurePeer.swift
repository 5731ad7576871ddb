// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSBlobDriver
    import LMSEventLoop
    import LMSKit
    import LMSOpenSSLDriver
    import LMSTenancy
    import Testing

    /// A service that speaks as Azure Blob Storage does (`Tests/Peers/azure_service.py`), which can be told to fail.
    ///
    /// It checks every request with Microsoft's own code, and can look at itself through Microsoft's own client.
    struct AzurePeer {
        static let account = "academy"
        static let container = "files"
        static let key = Array<UInt8>(0..<64)

        let service: PeerService

        init() throws {
            let key = Data(Self.key).base64EncodedString()
            service = try PeerService("azure_service.py", [Self.account, Self.container, key])
        }

        /// A store in the service's container; its parts are as short as the service allows and the tests need.
        func store(
            credentials: AzureConfiguration.Credentials = .key(Secret(AzurePeer.key)),
            container: String = AzurePeer.container,
            port: UInt16? = nil,
            prefix: String = "school/",
            attempts: Int = 4
        ) throws -> AzureBlobStore {
            var configuration = AzureConfiguration(
                endpoint: try #require(ServiceEndpoint("http://127.0.0.1:\(port ?? service.port)")),
                account: Self.account,
                container: container,
                credentials: credentials
            )
            configuration.prefix = prefix
            configuration.style = .path
            configuration.attempts = attempts
            return AzureBlobStore(
                configuration,
                http: try PeerService.client(),
                cryptography: try OpenSSLCryptography(),
                loop: try PeerService.loop(),
                pool: try PeerService.pool(),
                partSize: 1 << 20
            )
        }

        /// What Microsoft's client makes of a file and of what is beside it.
        struct Sight: Decodable, Equatable {
            /// The SHA-256 of the content; `nil` if there is no such blob.
            let content: String?
            /// The names of the blobs in the same folder.
            let names: [String]
            /// The names there that have blocks and are no blobs.
            let uncommitted: [String]
        }

        func seenByMicrosoft(_ key: BlobKey) async throws -> Sight {
            try await service.told("_microsoft/school/\(key)")
        }

        /// A shared access signature for the container, made by Microsoft's code.
        func granted(_ permission: String) async throws -> AzureConfiguration.Credentials {
            struct Grant: Decodable { let token: String }
            let grant = try await service.told("_grant?permission=\(permission)", as: Grant.self)
            return try #require(AzureConfiguration.Credentials(sharedAccess: Secret(grant.token)))
        }
    }
#endif
