// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// Which rows of the log are wanted.
struct AuditFilter: QueryParameters {
    let query: AuditQuery

    init(fields: inout FieldReader) {
        var query = AuditQuery()
        query.actor = fields.optional("actor", .text(1...64, example: "01890a5d-ac96-774b-bcce-b302099a8057"))
        query.impersonator = fields.optional("impersonator", .uuid).map { Identifier($0) }
        query.impersonatedOnly = fields.optional("impersonated", .flag, default: false)
        query.action = fields.optional("action", .text(1...64, example: "course.published"))
        query.objectKind = fields.optional("objectKind", .text(1...64, example: "course"))
        query.object = fields.optional("object", .uuid)
        query.outcome = fields.optional("outcome", .choice(AuditEvent.Outcome.failed))
        query.from = fields.optional("from", .date)
        query.until = fields.optional("until", .date)
        self.query = query
    }
}

/// The page of a list of the log.
struct AuditPageQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `GET /api/v1/audit`.
struct AuditListQuery: QueryParameters {
    let filter: AuditFilter
    let page: AuditPageQuery

    init(fields: inout FieldReader) {
        filter = AuditFilter(fields: &fields)
        page = AuditPageQuery(fields: &fields)
    }
}

/// What an auditor wrote down of an earlier verification.
struct AuditWitnessQuery: QueryParameters {
    let head: AuditHead?

    init(fields: inout FieldReader) {
        let position = fields.optional("position", .integer(1...Int.max))
        let hash = fields.optional("hash", .digest)
        if (position == nil) != (hash == nil) { fields.refuse(position == nil ? "position" : "hash", .required) }
        head = if let position, let hash { AuditHead(position: position, hash: hash) } else { nil }
    }
}

extension FieldRule where Self == ParsedRule<UUID> {
    /// Any identifier, of whatever kind of thing.
    static var uuid: ParsedRule<UUID> {
        .parsed(
            format: "uuid",
            36...36,
            example: "01890a5d-ac96-774b-bcce-b302099a8057",
            placeholder: UUID(high: 0, low: 0)
        ) { Identifier<AuditEvent>($0)?.uuid }
    }
}

extension FieldRule where Self == ParsedRule<[UInt8]> {
    /// A SHA-256 in hexadecimal.
    fileprivate static var digest: ParsedRule<[UInt8]> {
        .parsed(format: "sha-256", 64...64, example: String(repeating: "0f", count: 32), placeholder: []) { text in
            [UInt8](hexadecimal: text)
        }
    }
}

extension [UInt8] {
    /// Reads pairs of hexadecimal digits; `nil` if there is anything else.
    init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard digits[index] != UInt8(ascii: "+"), let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        self = bytes
    }

    /// Pairs of hexadecimal digits.
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
