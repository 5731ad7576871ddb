// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

/// Sends signed requests to one bucket, and sends again what a service has no time for.
///
/// Every request may be sent twice: the same bytes under the same key, or the same part under the same number.
struct S3Client: Sendable {
    let configuration: S3Configuration
    let http: any HTTPClient
    let cryptography: any Cryptography
    let clock: WallClock
    let loop: EventLoop
    /// The threads that digest what is sent.
    let pool: SidePool

    /// The longest wait before a request is sent again, whatever the service says.
    private static let longestWait = Duration.seconds(20)
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
    ) async throws(BlobError) -> S3Reply {
        let payload = try await digest(body)
        var fields = fields
        // libcurl would choose another one, which were not signed.
        if method != .get, method != .head { fields.append(("content-type", "application/octet-stream")) }
        var attempt = 1
        while true {
            let failure: BlobError
            var pause: Duration?
            switch await reply(to: request(method, key, query, fields, body, payload, limit)) {
            case .success(let response):
                let reply = S3Reply(response, to: method, attempts: attempt)
                guard let refusal = reply.refusal, refusal.isPassing else { return reply }
                failure = refusal.error
                pause = refusal.pause
            case .failure(let error):
                failure = Self.failure(error)
                guard Self.isPassing(error) else { throw failure }
            }
            guard attempt < configuration.attempts else { throw failure }
            try await wait(after: attempt, atLeast: pause)
            attempt += 1
        }
    }

    private func reply(to request: OutgoingRequest) async -> Result<OutgoingResponse, OutgoingError> {
        do throws(OutgoingError) {
            return .success(try await http.send(request))
        } catch {
            return .failure(error)
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
            url(path, AWSSignature.encode(query)),
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
            "\(configuration.endpoint.scheme)://\(configuration.host)\(AWSSignature.encode(path, isPath: true))"
        return query.isEmpty ? address : "\(address)?\(query)"
    }

    /// Whether the same request may succeed later.
    private static func isPassing(_ error: OutgoingError) -> Bool {
        switch error {
        case .unreachable, .timedOut, .broken: true
        case .malformed, .refusedAddress, .untrusted, .tooLarge, .busy, .cancelled, .unavailable: false
        }
    }

    private static func failure(_ error: OutgoingError) -> BlobError {
        error == .busy ? .busy : .unavailable(reason: "S3: \(error)")
    }

    /// Waits at random up to twice as long each time, so that those who were refused together do not come back together.
    private func wait(after attempt: Int, atLeast pause: Duration?) async throws(BlobError) {
        let most = min(Self.longestWait, .milliseconds(100 << min(attempt, 10)))
        let chance = Duration.milliseconds(Int.random(in: 0...Int(most / Duration.milliseconds(1))))
        do {
            try await loop.sleep(for: min(Self.longestWait, max(chance, pause ?? .zero)))
        } catch {
            throw .unavailable(reason: "S3: cancelled")
        }
    }
}
