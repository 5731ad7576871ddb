// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

/// Sends signed requests to one container.
struct AzureClient: Sendable {
    let configuration: AzureConfiguration
    let requests: ServiceRequests
    let cryptography: any Cryptography
    let clock: WallClock
    /// The threads that sum up what is sent.
    let pool: SidePool

    /// What signs; `nil` for who has only what somebody else signed.
    var signature: AzureSignature? {
        guard case .key(let key) = configuration.credentials else { return nil }
        return AzureSignature(account: configuration.account, key: key, cryptography: cryptography)
    }

    /// Sends a request until there is a reply that more tries would not change.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - name: The blob's name with its prefix; empty for the container itself.
    ///   - query: The query, names in lower case.
    ///   - fields: Further fields, names in lower case.
    ///   - body: The content.
    ///   - limit: The longest reply that is read.
    /// - Returns: The reply.
    /// - Throws: `BlobError.unavailable` without a reply, or if the service has no time after all tries; `.busy`.
    func send(
        _ method: OutgoingRequest.Method,
        _ name: String,
        query: [(name: String, value: String)] = [],
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        limit: Int = 1 << 20
    ) async throws(BlobError) -> ServiceReply {
        var fields = fields
        if !body.isEmpty {
            fields.append(("x-ms-content-crc64", try await pool.store { AzureChecksum.text(body) }))
        }
        // libcurl would choose another one, which were not signed.
        if method != .get, method != .head { fields.append(("content-type", "application/octet-stream")) }
        let asked = AzureSignature.Request(
            method: method.rawValue,
            path: configuration.path(name),
            query: query,
            fields: fields,
            byteCount: body.count
        )
        return try await requests.send {
            request(method, asked, body, limit)
        } refusal: { response in
            AzureRefusal.read(response)
        }
    }

    private func request(
        _ method: OutgoingRequest.Method,
        _ asked: AzureSignature.Request,
        _ body: [UInt8],
        _ limit: Int
    ) -> OutgoingRequest {
        var asked = asked
        asked.fields.append(("x-ms-date", AzureDate.text(clock.now())))
        asked.fields.append(("x-ms-version", AzureSignature.version))
        var query = PercentEncoding.encode(asked.query)
        switch configuration.credentials {
        case .key(let key):
            let signature = AzureSignature(account: configuration.account, key: key, cryptography: cryptography)
            asked.fields.append(("authorization", signature.authorization(of: asked)))
        case .sharedAccess(let granted):
            query += query.isEmpty ? granted.reveal() : "&\(granted.reveal())"
        }
        var request = OutgoingRequest(
            method,
            url(asked.path, query),
            fields: asked.fields,
            body: body,
            timeout: configuration.timeout,
            limitInBytes: limit
        )
        request.sharesConnection = true
        return request
    }

    /// The address of a path in the spelling that is signed.
    func url(_ path: String, _ query: String) -> String {
        let place = PercentEncoding.encode(path, isPath: true)
        let address = "\(configuration.endpoint.scheme)://\(configuration.host)\(place)"
        return query.isEmpty ? address : "\(address)?\(query)"
    }
}
