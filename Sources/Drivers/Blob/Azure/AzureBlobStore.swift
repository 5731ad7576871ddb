// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSEventLoop
public import LMSKit
public import LMSTenancy

/// Keeps files in a container of Azure Blob Storage, as block blobs.
///
/// Files are written in blocks of 5 MiB and read in the ranges that readers ask for, each in a request of its own that
/// carries the checksum of its content and can be sent again. The service knows no uploads, only blocks that are in no
/// blob yet, so an upload is an empty blob of its own below `.uploads/` for as long as it goes on, and its blocks bear
/// its name.
public struct AzureBlobStore: BlobStore {
    let client: AzureClient

    /// 5 MiB: with 10,000 parts a file has 48 GiB at most.
    public let partSize: Int

    /// What an empty blob is marked with that takes away the blocks of an upload and is no file.
    static let discarded = "x-ms-meta-lmsdiscarded"

    /// Makes a store; nothing is asked for yet.
    ///
    /// - Parameters:
    ///   - configuration: Where the container is, and who asks.
    ///   - http: Sends the requests. It has to reach the service, which the operator chose, wherever it is.
    ///   - cryptography: Signs requests.
    ///   - clock: Dates requests; the service refuses what is 15 minutes off.
    ///   - loop: Where the waiting between tries is done.
    ///   - pool: The threads that make content and sum it up.
    ///   - partSize: How long parts are, in bytes.
    public init(
        _ configuration: AzureConfiguration,
        http: any HTTPClient,
        cryptography: any Cryptography,
        clock: WallClock = .system,
        loop: EventLoop,
        pool: SidePool,
        partSize: Int = 5 << 20
    ) {
        client = AzureClient(
            configuration: configuration,
            requests: ServiceRequests(service: "Azure", http: http, loop: loop, attempts: configuration.attempts),
            cryptography: cryptography,
            clock: clock,
            pool: pool
        )
        self.partSize = partSize
    }

    /// Stores bytes in one request.
    public func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        let bytes = try await client.pool.store(content)
        let fields = [(name: "x-ms-blob-type", value: "BlockBlob")]
        _ = try await client.send(.put, name(key), fields: fields, body: bytes).success()
    }

    /// Asks for a file's length and version.
    public func open(_ key: BlobKey) async throws(BlobError) -> any BlobReader {
        let reply = try await client.send(.head, name(key)).success()
        guard reply.field(Self.discarded) == nil else { throw .missing }
        guard let count = reply.field("content-length").flatMap({ Int($0) }), count >= 0, let tag = reply.field("etag")
        else { throw .unavailable(reason: "Azure: no length or ETag") }
        return AzureReader(client: client, name: name(key), tag: tag, byteCount: count)
    }

    /// Removes a file.
    public func remove(_ key: BlobKey) async throws(BlobError) {
        try await delete(name(key))
    }

    /// Lists files in the order of their names.
    public func list(of tenant: TenantID, after position: String?, limit: Int) async throws(BlobError) -> BlobPage {
        let prefix = "\(client.configuration.prefix)\(tenant)/"
        var next = position
        repeat {
            let page = try await page(of: prefix, after: next, limit: limit)
            let blobs = page.blobs.compactMap { blob -> StoredBlob? in
                guard !blob.isDiscarded, let key = key(blob.name), let date = blob.changedAt else { return nil }
                return StoredBlob(key, byteCount: blob.byteCount, storedAt: date)
            }
            next = page.next
            // A page may be empty and not the last one.
            if !blobs.isEmpty || next == nil { return BlobPage(blobs: blobs, next: next) }
        } while true
    }

    /// Signs an address to read; there is none to store.
    ///
    /// The service cannot be told to take these bytes and no others: what it signs for writing is good for any content
    /// of any length. Who has only what somebody else signed can sign nothing for others.
    public func link(to use: BlobLink.Use, _ key: BlobKey, for lifetime: Duration) -> BlobLink? {
        guard case .read(let mediaType, let fileName) = use, let signature = client.signature else { return nil }
        let configuration = client.configuration
        let seconds = max(1, min(604_800, Int(lifetime.components.seconds)))
        let query = signature.readingQuery(
            "\(configuration.container)/\(name(key))",
            until: client.clock.now().addingTimeInterval(TimeInterval(seconds)),
            protocols: configuration.endpoint.isEncrypted ? "https" : "https,http",
            mediaType: mediaType,
            disposition: BlobLink.disposition(mediaType, fileName)
        )
        return BlobLink(url: Secret(client.url(configuration.path(name(key)), query)))
    }

    /// Removes a blob, or one version of it only; nothing happens if there is none.
    func delete(_ name: String, version: String? = nil) async throws(BlobError) {
        var fields = [(name: "x-ms-delete-snapshots", value: "include")]
        if let version { fields.append((name: "if-match", value: version)) }
        let reply = try await client.send(.delete, name, fields: fields)
        guard let error = reply.refusal?.error, error != .missing else { return }
        if version == nil || error != .changed { throw error }
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
private struct AzureReader: BlobReader {
    let client: AzureClient
    let name: String
    /// Names the version.
    let tag: String
    let byteCount: Int

    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        let range = range.clamped(to: 0..<byteCount)
        guard !range.isEmpty else { return [] }
        let fields = [
            (name: "if-match", value: tag),
            // Of the two fields for it the one that Microsoft's own clients send.
            (name: "x-ms-range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)"),
        ]
        let reply = try await client.send(.get, name, fields: fields, limit: range.count + 64 * 1024).success()
        guard reply.status == 206, reply.body.count == range.count else {
            throw .unavailable(reason: "Azure: \(reply.status) with \(reply.body.count) bytes for a range")
        }
        return reply.body
    }
}
