// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

extension Pipeline {
    /// The parameters of a path, percent-decoded.
    func pathMembers(
        _ head: RequestHead,
        _ ranges: [Range<Int>],
        _ names: [String]
    ) throws(Problem) -> [JSONMember] {
        var members: [JSONMember] = []
        guard !ranges.isEmpty else { return members }
        members.reserveCapacity(ranges.count)
        for (range, name) in zip(ranges, names) {
            guard let text = PercentEncoding.decode(head.bytes[range], plus: .plus) else {
                throw Problem(.malformedPath)
            }
            members.append(JSONMember(name: name, value: .string(text)))
        }
        return members
    }

    /// `X-Tenant-ID`; two that differ are a mismatch like any other.
    func tenantHeader(_ head: RequestHead) throws(Problem) -> String? {
        guard let first = head.find(Pipeline.tenantField) else { return nil }
        let text = head.text(first.value)
        if let second = head.find(Pipeline.tenantField, from: first.index + 1), head.text(second.value) != text {
            throw Problem(.tenantMismatch)
        }
        return text
    }

    static let tenantField = HTTPFieldName("x-tenant-id")

    /// Reads a bounded body for a route that takes fields.
    func readBody(of request: HTTPRequest, for served: ServedRoute, into raw: inout RawInput) async throws(Problem) {
        guard let first = served.route.shape.bodyFormats.first else { return }
        guard !request.body.isEmpty, request.body.declaredLength != 0 else {
            // No body has no fields; what is required is then missing.
            raw.format = BodyFormat(rawValue: first)
            raw.body = raw.format == .json ? Array("{}".utf8) : []
            return
        }
        raw.format = BodyFormat(rawValue: try requireMediaType(request, among: served.route.shape.bodyFormats))
        do {
            raw.body = try await request.body.collect(limit: served.route.bodyLimit)
        } catch {
            throw error.problem
        }
    }

    /// - Returns: The request's media type, which is one of those.
    /// - Throws: `.unsupportedMediaType` if it is none of them; a request that does not say is not guessed at.
    @discardableResult
    func requireMediaType(_ request: HTTPRequest, among types: [String]) throws(Problem) -> String {
        let field = request[.contentType] ?? ""
        // As almost every client sends it.
        if types.contains(field) { return field }
        let type = field.prefix { $0 != ";" }.trimmingBlanks.lowercased()
        guard types.contains(type) else {
            let list = types.joined(separator: ", ")
            throw Problem(.unsupportedMediaType).detailed(
                en: "Send \(list).",
                es: "Envíe \(list).",
                ar: "أرسل \(list)."
            )
        }
        return type
    }
}

extension RequestHead {
    /// The token of `Authorization: Bearer …` (RFC 6750 §2.1).
    var bearerToken: String? {
        guard let range = find(.authorization)?.value, range.count > 7 else { return nil }
        let span = bytes.span
        let scheme = "bearer ".utf8.span
        for index in scheme.indices where span[range.lowerBound + index] | 0x20 != scheme[index] { return nil }
        var start = range.lowerBound + 7
        while start < range.upperBound, span[start] == UInt8(ascii: " ") { start += 1 }
        guard start < range.upperBound, range.upperBound - start <= 4096 else { return nil }
        return text(start..<range.upperBound)
    }
}

extension HTTPBodyError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .tooLarge(let limit):
            Problem(.contentTooLarge).detailed(
                en: "At most \(limit) bytes.",
                es: "Como máximo \(limit) bytes.",
                ar: "\(limit) بايت كحد أقصى."
            )
        case .malformed: Problem(.malformedBody)
        case .timedOut: Problem(.requestTimeout)
        case .disconnected, .lengthMismatch: Problem(.unavailable)
        }
    }
}
