// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A request that its client may repeat.
struct IdempotentRequest: Sendable {
    let keys: IdempotencyKeys
    let key: IdempotencyKey
    let fingerprint: [UInt8]
}

/// Thrown out of a transaction in which nothing was done, because it was done before.
struct IdempotentReplay: Error {
    let reply: RecordedReply
}

extension ProblemCode {
    static let malformedIdempotencyKey = ProblemCode(
        "MALFORMED_IDEMPOTENCY_KEY",
        400,
        en: "The Idempotency-Key must be 1 to 255 visible ASCII characters.",
        es: "La Idempotency-Key debe tener de 1 a 255 caracteres ASCII visibles.",
        ar: "يجب أن يتكون Idempotency-Key من 1 إلى 255 حرف ASCII مرئي."
    )
    static let idempotencyKeyReused = ProblemCode(
        "IDEMPOTENCY_KEY_REUSED",
        422,
        en: "This Idempotency-Key was used for another request.",
        es: "Esta Idempotency-Key se usó para otra solicitud.",
        ar: "استُخدم Idempotency-Key هذا لطلب آخر."
    )
}

extension RequestContext {
    /// Runs a transaction once, however often the client sends the request with the same `Idempotency-Key`.
    ///
    /// The reply is recorded in the transaction itself. A refusal records nothing, so it may be tried again.
    ///
    /// - Parameter body: The statements and the reply; commits when it returns, rolls back when it throws.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` threw; `IdempotentReplay` if it was done before; `.idempotencyKeyReused` for another request.
    func idempotently<Body>(
        _ body: (borrowing TenantSession) async throws -> Reply<Body>
    ) async throws -> Reply<Body> {
        guard let idempotency else { return try await transaction(body) }
        return try await transaction { session in
            switch try await idempotency.keys.claim(
                idempotency.key,
                fingerprint: idempotency.fingerprint,
                session: session
            ) {
            case .answered(let reply): throw IdempotentReplay(reply: reply)
            case .reused: throw Problem(.idempotencyKeyReused)
            case .new: break
            }
            let reply = try await body(session)
            try await idempotency.keys.record(RecordedReply(reply), under: idempotency.key, session: session)
            return reply
        }
    }
}

extension RecordedReply {
    fileprivate init<Body>(_ reply: Reply<Body>) {
        let written = WrittenReply(reply)
        var bytes: [UInt8] = []
        if case .bytes(let content) = written.body { bytes = content }
        self.init(
            status: Int(written.status.rawValue),
            mediaType: written.mediaType,
            location: written.location,
            etag: written.etag?.description,
            body: bytes
        )
    }
}

extension WrittenReply {
    /// A reply that was given before, marked as such.
    init(replaying reply: RecordedReply) {
        status = HTTPStatus(rawValue: UInt16(clamping: reply.status))
        mediaType = reply.mediaType
        body = reply.body.isEmpty ? .none : .bytes(reply.body)
        etag = reply.etag.map { ETag(quoted: $0) }
        location = reply.location
        var marked = HTTPFields()
        marked.append("idempotent-replayed", "true")
        fields = marked
    }
}

extension Pipeline {
    /// What a request's `Idempotency-Key` means; `nil` without one or for who did not sign in, because two strangers may choose the
    /// same one.
    func idempotency(
        of request: HTTPRequest,
        _ route: Route,
        _ raw: RawInput,
        _ principal: Principal
    ) throws(Problem) -> IdempotentRequest? {
        guard route.idempotency == .accepted, let actor = principal.user ?? principal.service,
            let text = request["idempotency-key"]
        else { return nil }
        guard let key = IdempotencyKey(text, of: actor) else { throw Problem(.malformedIdempotencyKey) }
        let head = request.head
        var message = Array(request.method.description.utf8) + [0] + head.bytes[head.pathRange] + [0]
        message += raw.query + [0] + raw.body
        return IdempotentRequest(
            keys: IdempotencyKeys(clock: services.clock),
            key: key,
            fingerprint: services.cryptography.sha256(message)
        )
    }
}
