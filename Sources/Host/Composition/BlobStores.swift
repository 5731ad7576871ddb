// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSBlobDriver
#if Curl
    internal import LMSCurlDriver
#endif
internal import LMSEventLoop
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSTenancy

extension Configuration.Blobs {
    /// The store that keeps the bytes of files.
    ///
    /// - Parameters:
    ///   - loop: Where requests to a service run.
    ///   - pool: The threads that wait for the disk, make content and digest it.
    ///   - cryptography: Signs requests.
    /// - Returns: The store.
    /// - Throws: `BlobError.unavailable` if the directory cannot be made.
    func store(
        on loop: EventLoop,
        pool: SidePool,
        cryptography: any Cryptography
    ) throws(BlobError) -> any BlobStore {
        switch self {
        case .directory(let path): return try DirectoryBlobStore(root: path, pool: pool)
        case .bucket(let configuration, let certificateFile):
            return S3BlobStore(
                configuration,
                http: Self.client(on: loop, certificateFile),
                cryptography: cryptography,
                loop: loop,
                pool: pool
            )
        case .container(let configuration, let certificateFile):
            return AzureBlobStore(
                configuration,
                http: Self.client(on: loop, certificateFile),
                cryptography: cryptography,
                loop: loop,
                pool: pool
            )
        }
    }

    /// A client of its own, so that files wait for files only.
    private static func client(on loop: EventLoop, _ certificateFile: String?) -> any HTTPClient {
        #if Curl
            // The operator chose the service, which may be on this machine or next to it.
            let anywhere = OutgoingAddresses(allowing: NetworkRange.list("0.0.0.0/0,::/0") ?? [])
            var limits = CurlHTTPClient.Limits()
            // Each may hold a part of a file: 5 MiB.
            (limits.concurrent, limits.concurrentPerHost, limits.waiting) = (32, 32, 256)
            return CurlHTTPClient(
                loop: loop,
                addresses: anywhere,
                limits: limits,
                certificateFile: certificateFile
            )
        #else
            return NoHTTPClient()
        #endif
    }

    /// Stores, reads and removes a few bytes in a bucket or a container; what `lms doctor` says of it.
    ///
    /// - Returns: `nil` for a directory, which is looked at with the data directory and made when serving starts.
    func finding() async -> Finding? {
        let place: String
        switch self {
        case .directory: return nil
        case .bucket(let configuration, _): place = "bucket \(configuration.bucket)"
        case .container(let configuration, _): place = "container \(configuration.account)/\(configuration.container)"
        }
        do {
            let loops = try EventLoopGroup(count: 1)
            defer { loops.stop() }
            let pool = try SidePool(threads: 1, queueLimit: 4)
            let store = try store(on: loops.next(), pool: pool, cryptography: OpenSSLCryptography())
            let identifiers = IdentifierSource()
            let key = BlobKey(identifiers.next(), of: identifiers.next())
            try await store.put({ Array("lms doctor".utf8) }, as: key)
            let isSame = try await store.bytes(of: key) == Array("lms doctor".utf8)
            try await store.remove(key)
            return Finding("files", isSame ? .good : .bad, isSame ? "\(place) keeps them" : "\(place) changes them")
        } catch {
            return Finding("files", .bad, "\(place): \(error); look at LMS_BLOB_STORE and the settings after it")
        }
    }
}
