// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

extension Pipeline {
    /// Puts a handler's reply on the wire: version, condition, coding, fields.
    func response(to head: RequestHead, _ served: ServedRoute, _ written: WrittenReply) -> HTTPResponse {
        // Room for what every reply has: number, limits and tag come last.
        var fields = HTTPFields(capacity: 768)
        if written.fields == nil, written.mediaType == WrittenReply.json {
            fields.append(contentsOf: served.jsonFields)
        } else {
            fields.append(contentsOf: served.fields)
            if written.fields?["content-security-policy"] == nil {
                fields.append(contentsOf: SecurityFields.apiPolicyFields)
            }
            if let further = written.fields { fields.append(contentsOf: further) }
            if !written.mediaType.isEmpty { fields.append(.contentType, written.mediaType) }
        }
        if let location = written.location { fields.append(.location, location) }
        var etag = written.etag
        var body = written.body
        if case .bytes(let bytes) = body {
            if etag == nil, written.status == .ok, served.route.method == .get, served.route.caching != .never {
                etag = ETag(of: bytes)
            }
            // A client that holds the compressed form asks with that form's tag.
            if let etag, isFresh(head, etag) {
                fields.append(Pipeline.etagLabel, bytes: etag.bytes)
                return HTTPResponse(status: .notModified, fields: fields)
            }
            // A part of the content is a part of what is not compressed.
            let isPart = written.status == 206
            if !isPart, bytes.count > settings.compressionThreshold, Pipeline.isCompressible(written.mediaType) {
                fields.append(.vary, "Accept-Encoding")
                if let compress = services.gzip, head.acceptsGzip, let compressed = compress(bytes) {
                    body = .bytes(compressed)
                    fields.append(.contentEncoding, "gzip")
                    etag = etag?.coded
                }
            }
        }
        if case .stream(let length, let write) = body {
            if let etag, isFresh(head, etag) {
                fields.append(Pipeline.etagLabel, bytes: etag.bytes)
                return HTTPResponse(status: .notModified, fields: fields)
            }
            // One of known length may be read in parts.
            if length == nil, Pipeline.isCompressible(written.mediaType) {
                fields.append(.vary, "Accept-Encoding")
                if head.acceptsGzip, let coder = services.streamedGzip?() {
                    body = .stream(length: nil) { writer in
                        writer.code(with: coder)
                        try await write(writer)
                    }
                    fields.append(.contentEncoding, "gzip")
                    etag = etag?.coded
                }
            }
        }
        if let etag { fields.append(Pipeline.etagLabel, bytes: etag.bytes) }
        return HTTPResponse(status: written.status, fields: fields, body: body)
    }

    /// Tells a client why not.
    func refusal(of error: any Error, _ call: inout Call) -> HTTPResponse {
        let request = call.facts.request
        let problem = problem(of: error, call)
        call.code = problem.code.name
        let language =
            request[.acceptLanguage].flatMap(Language.init(accepting:)) ?? call.site?.language ?? .english
        var fields = bareFields
        fields.append(contentsOf: SecurityFields.apiPolicyFields)
        fields.append("content-language", language.rawValue)
        if let seconds = problem.retryAfterSeconds { fields.append(.retryAfter, seconds) }
        if let challenge = problem.challenge { fields.append(.wwwAuthenticate, challenge) }
        if let version = problem.tusVersion { fields.append("tus-version", version) }
        if let range = problem.contentRange { fields.append("content-range", range) }
        let bytes: [UInt8]
        if call.route >= 0, served[call.route].route.problemFormat == .oauth {
            fields.append(.contentType, "application/json")
            bytes = problem.oauthDocument()
        } else {
            fields.append(.contentType, "application/problem+json")
            bytes = problem.document(in: language, instance: request.path, traceID: call.facts.traceID)
        }
        return HTTPResponse(status: problem.code.status, fields: fields, body: .bytes(bytes))
    }

    private func problem(of error: any Error, _ call: Call) -> Problem {
        if let known = error as? any ProblemConvertible {
            let problem = known.problem
            if problem.code == .internalError {
                recorder.note(.error, "request.failed", call.facts.requestID, "\(error)")
            }
            return problem
        }
        if error is CancellationError { return Problem(.unavailable).retrying(after: 1) }
        // Only the type: a description may hold data.
        recorder.note(.error, "request.failed", call.facts.requestID, String(reflecting: type(of: error)))
        return Problem(.internalError)
    }

    func add(_ rate: RateVerdict, to fields: inout HTTPFields) {
        fields.append(Pipeline.rateLimitLabel, rate.limit)
        fields.append(Pipeline.rateRemainingLabel, rate.remaining)
        fields.append(Pipeline.rateResetLabel, rate.resetSeconds)
    }

    func redirectToHTTPS(_ request: HTTPRequest, _ host: String) -> HTTPResponse {
        var fields = bareFields
        fields.append(.location, "https://\(host)\(request.path)\(request.query.map { "?" + $0 } ?? "")")
        return HTTPResponse(status: 308, fields: fields)
    }

    private func isFresh(_ head: RequestHead, _ etag: ETag) -> Bool {
        guard head.method == .get || head.method == .head, let header = head.value(of: .ifNoneMatch) else {
            return false
        }
        return etag.matches(header, .weak) || etag.coded.matches(header, .weak)
    }

    static let requestIDLabel = HTTPFieldLabel(.requestID)
    private static let etagLabel = HTTPFieldLabel(.etag)
    private static let rateLimitLabel = HTTPFieldLabel("ratelimit-limit")
    private static let rateRemainingLabel = HTTPFieldLabel("ratelimit-remaining")
    private static let rateResetLabel = HTTPFieldLabel("ratelimit-reset")

    private static func isCompressible(_ mediaType: String) -> Bool {
        mediaType == "application/json" || mediaType.hasPrefix("text/") || mediaType.hasSuffix("+json")
            || mediaType.hasSuffix("xml") || mediaType.hasSuffix("javascript")
    }
}

extension ETag {
    /// The tag of the compressed form, which is another sequence of bytes.
    var coded: ETag { ETag(quoted: description.dropLast() + "-gzip\"") }
}

extension RequestHead {
    /// Whether `Accept-Encoding` names gzip without forbidding it.
    fileprivate var acceptsGzip: Bool {
        guard let header = value(of: .acceptEncoding) else { return false }
        for element in header.split(separator: ",") {
            let parts = element.split(separator: ";")
            guard let coding = parts.first?.trimmingBlanks.lowercased(), coding == "gzip" || coding == "x-gzip" else {
                continue
            }
            let weight = parts.dropFirst().first?.trimmingBlanks ?? ""
            return !(weight.hasPrefix("q=0") && weight.allSatisfy { "q=0.".contains($0) })
        }
        return false
    }
}
