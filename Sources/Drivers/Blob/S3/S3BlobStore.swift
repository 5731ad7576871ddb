// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSEventLoop
public import LMSKit
public import LMSTenancy

/// Keeps files in a bucket of a service that speaks S3.
///
/// Files are written in parts of 5 MiB, the least that the service takes, and read in the ranges that readers ask for. Each is a
/// request of its own that is signed with the digest of its content and can be sent again, so a service that is overloaded or a
/// connection that breaks costs one part, and nobody holds more than one.
public struct S3BlobStore: BlobStore {
    let client: S3Client

    /// 5 MiB: with 10,000 parts a file has 48 GiB at most.
    public let partSize: Int

    /// Makes a store; nothing is asked for yet.
    ///
    /// - Parameters:
    ///   - configuration: Where the bucket is, and who asks.
    ///   - http: Sends the requests. It has to reach the service, which the operator chose, wherever it is.
    ///   - cryptography: Signs requests.
    ///   - clock: Dates requests; the service refuses what is 15 minutes off.
    ///   - loop: Where the waiting between tries is done.
    ///   - pool: The threads that make content and digest it.
    ///   - partSize: How long parts are, in bytes; some services take no fewer than 5 MiB.
    public init(
        _ configuration: S3Configuration,
        http: any HTTPClient,
        cryptography: any Cryptography,
        clock: WallClock = .system,
        loop: EventLoop,
        pool: SidePool,
        partSize: Int = 5 << 20
    ) {
        client = S3Client(
            configuration: configuration,
            requests: ServiceRequests(service: "S3", http: http, loop: loop, attempts: configuration.attempts),
            cryptography: cryptography,
            clock: clock,
            pool: pool
        )
        self.partSize = partSize
    }

    /// Stores bytes in one request.
    public func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        let bytes = try await client.pool.store(content)
        _ = try await client.send(.put, name(key), body: bytes).success()
    }

    /// Asks for a file's length and version.
    public func open(_ key: BlobKey) async throws(BlobError) -> any BlobReader {
        let reply = try await client.send(.head, name(key)).success()
        guard let count = reply.field("content-length").flatMap({ Int($0) }), count >= 0, let tag = reply.field("etag")
        else { throw .unavailable(reason: "S3: no length or ETag") }
        return S3Reader(client: client, name: name(key), tag: tag, byteCount: count)
    }

    /// Removes a file.
    public func remove(_ key: BlobKey) async throws(BlobError) {
        let reply = try await client.send(.delete, name(key))
        if let error = reply.refusal?.error, error != .missing { throw error }
    }

    /// Signs an address.
    public func link(to use: BlobLink.Use, _ key: BlobKey, for lifetime: Duration) -> BlobLink? {
        let path = client.configuration.path(name(key))
        var request = AWSSignature.Request(method: "GET", host: client.configuration.host, path: path)
        switch use {
        case .read(let mediaType, let name):
            request.query.append(("response-content-type", mediaType))
            if let disposition = BlobLink.disposition(mediaType, name) {
                request.query.append(("response-content-disposition", disposition))
            }
        case .store(let byteCount, let sha256):
            request.method = "PUT"
            let digest = Data(sha256).base64EncodedString()
            request.fields = [("content-length", "\(byteCount)"), ("x-amz-checksum-sha256", digest)]
        }
        let seconds = max(1, min(604_800, Int(lifetime.components.seconds)))
        let query = client.signature.query(request, for: seconds, at: client.clock.now())
        return BlobLink(url: Secret(client.url(path, query)), fields: request.fields)
    }

    /// A key with the prefix of the installation.
    func name(_ key: BlobKey) -> String { "\(client.configuration.prefix)\(key)" }

    /// The key of a name; `nil` if it is not one of ours.
    func key(_ name: String) -> BlobKey? {
        let prefix = client.configuration.prefix
        return name.hasPrefix(prefix) ? BlobKey(path: name.dropFirst(prefix.count)) : nil
    }
}

/// Reads one version of a file.
private struct S3Reader: BlobReader {
    let client: S3Client
    let name: String
    /// Names the version.
    let tag: String
    let byteCount: Int

    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        let range = range.clamped(to: 0..<byteCount)
        guard !range.isEmpty else { return [] }
        let fields = [
            (name: "if-match", value: tag), (name: "range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)"),
        ]
        let reply = try await client.send(.get, name, fields: fields, limit: range.count + 64 * 1024).success()
        // A service that knows no ranges sends everything.
        let isWhole = reply.status == 200 && range == 0..<byteCount
        guard reply.status == 206 || isWhole, reply.body.count == range.count else {
            throw .unavailable(reason: "S3: \(reply.status) with \(reply.body.count) bytes for a range")
        }
        return reply.body
    }
}
