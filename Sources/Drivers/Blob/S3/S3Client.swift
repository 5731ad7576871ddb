// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

/// Sends signed requests to one bucket.
struct S3Client: Sendable {
    let configuration: S3Configuration
    let requests: ServiceRequests
    let cryptography: any Cryptography
    let clock: WallClock
    /// The threads that digest what is sent.
    let pool: SidePool

    private static let emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    var signature: AWSSignature {
        AWSSignature(
            credentials: configuration.credentials,
            region: configuration.region,
            cryptography: cryptography
        )
    }

    /// Sends a request until there is a reply that more tries would not change.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - key: The key with its prefix; empty for the bucket itself.
    ///   - query: The query.
    ///   - fields: Further fields, names in lower case.
    ///   - body: The content.
    ///   - limit: The longest reply that is read.
    /// - Returns: The reply.
    /// - Throws: `BlobError.unavailable` without a reply, or if the service has no time after all tries; `.busy`.
    func send(
        _ method: OutgoingRequest.Method,
        _ key: String,
        query: [(name: String, value: String)] = [],
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        limit: Int = 1 << 20
    ) async throws(BlobError) -> ServiceReply {
        let payload = try await digest(body)
        var fields = fields
        // libcurl would choose another one, which were not signed.
        if method != .get, method != .head { fields.append(("content-type", "application/octet-stream")) }
        let (asked, head) = (query, fields)
        return try await requests.send {
            request(method, key, asked, head, body, payload, limit)
        } refusal: { response in
            S3Refusal.read(response, to: method)
        }
    }

    private func digest(_ body: [UInt8]) async throws(BlobError) -> String {
        if body.isEmpty { return Self.emptyDigest }
        let cryptography = cryptography
        return try await pool.store { AWSSignature.hexadecimal(cryptography.sha256(body)) }
    }

    private func request(
        _ method: OutgoingRequest.Method,
        _ key: String,
        _ query: [(name: String, value: String)],
        _ fields: [(name: String, value: String)],
        _ body: [UInt8],
        _ payload: String,
        _ limit: Int
    ) -> OutgoingRequest {
        let path = configuration.path(key)
        let signed = signature.fields(
            AWSSignature.Request(
                method: method.rawValue,
                host: configuration.host,
                path: path,
                query: query,
                fields: fields
            ),
            payload: payload,
            at: clock.now()
        )
        var request = OutgoingRequest(
            method,
            url(path, PercentEncoding.encode(query)),
            fields: signed,
            body: body,
            timeout: configuration.timeout,
            limitInBytes: limit
        )
        request.sharesConnection = true
        return request
    }

    /// The address of a path in the spelling that is signed.
    func url(_ path: String, _ query: String) -> String {
        let address =
            "\(configuration.endpoint.scheme)://\(configuration.host)\(PercentEncoding.encode(path, isPath: true))"
        return query.isEmpty ? address : "\(address)?\(query)"
    }
}
