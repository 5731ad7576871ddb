// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A row of the log.
struct AuditRecordBody: ResponseBody {
    private let fields: Fields

    private struct Fields: Sendable {
        var id: String
        var position: Int?
        var occurredAt: Date
        var actor: AuditActor
        var impersonator: String?
        var action: String
        var objectKind: String
        var object: String?
        var outcome: String
        var occurrences: Int
        var origin: RequestOrigin?
        var requestID: String?
        var digests: [[UInt8]?]
    }

    init(_ record: AuditRecord) {
        fields = Fields(
            id: record.id.description,
            position: record.position,
            occurredAt: record.occurredAt,
            actor: record.actor,
            impersonator: record.impersonator?.description,
            action: record.action,
            objectKind: record.objectKind,
            object: record.object.map { Identifier<AuditEvent>($0).description },
            outcome: record.outcome.rawValue,
            occurrences: record.occurrences,
            origin: record.origin,
            requestID: record.requestID,
            digests: [record.beforeDigest, record.afterDigest, record.digest, record.hash]
        )
    }

    private init(_ fields: Fields) {
        self.fields = fields
    }

    static var example: AuditRecordBody {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057"
        let digest: [UInt8]? = Array(repeating: 15, count: 32)
        return AuditRecordBody(
            Fields(
                id: id,
                position: 17,
                occurredAt: Date(timeIntervalSince1970: 1_700_000_000),
                actor: AuditActor(kind: .user, name: id),
                impersonator: id,
                action: "course.published",
                objectKind: "course",
                object: id,
                outcome: "succeeded",
                occurrences: 1,
                origin: RequestOrigin(address: "192.0.2.7", userAgent: "curl/8"),
                requestID: "0af7651916cd43dd8448eb211c80319c",
                digests: [digest, digest, digest, digest]
            )
        )
    }

    static var variations: [AuditRecordBody] {
        var fields = example.fields
        fields.position = nil
        fields.impersonator = nil
        fields.object = nil
        fields.origin = nil
        fields.requestID = nil
        fields.digests = [nil, nil, nil, nil]
        return [AuditRecordBody(fields)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", fields.id)
            object.field("position", fields.position)
            object.field("occurredAt", fields.occurredAt)
            object.field("actorKind", fields.actor.kind.rawValue)
            object.field("actor", fields.actor.name)
            object.field("impersonator", fields.impersonator)
            object.field("action", fields.action)
            object.field("objectKind", fields.objectKind)
            object.field("object", fields.object)
            object.field("outcome", fields.outcome)
            object.field("occurrences", fields.occurrences)
            object.field("address", fields.origin?.address)
            object.field("userAgent", fields.origin?.userAgent)
            object.field("requestId", fields.requestID)
            object.field("beforeDigest", fields.digests[0]?.hexadecimal)
            object.field("afterDigest", fields.digests[1]?.hexadecimal)
            object.field("digest", fields.digests[2]?.hexadecimal)
            object.field("hash", fields.digests[3]?.hexadecimal)
        }
    }
}

/// The log as JSON lines, written at the pace of the client.
struct AuditExportBody: ResponseBody {
    private let write: @Sendable (HTTPBodyWriter) async throws -> Void

    init(_ write: @escaping @Sendable (HTTPBodyWriter) async throws -> Void) {
        self.write = write
    }

    static var example: AuditExportBody { AuditExportBody { _ in } }
    var content: (mediaType: String, body: HTTPResponse.Body) { ("application/jsonl", .stream(length: nil, write)) }
    func write(to json: inout JSONWriter) { AuditRecordBody.example.write(to: &json) }

    static func lines(_ records: [AuditRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records {
            var json = JSONWriter()
            AuditRecordBody(record).write(to: &json)
            bytes += json.bytes
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}

/// What checking the log came to.
struct AuditVerificationBody: ResponseBody {
    let result: AuditVerification

    init(_ result: AuditVerification) {
        self.result = result
    }

    static var example: AuditVerificationBody { AuditVerificationBody(.example(isSound: false)) }
    static var variations: [AuditVerificationBody] { [AuditVerificationBody(.example(isSound: true))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("isSound", result.isSound)
            object.field("checked", result.checked)
            object.field("position", result.head?.position)
            object.field("hash", result.head?.hash.hexadecimal)
            object.field("prunedThrough", result.prunedThrough)
            object.field("anchors", result.anchors)
            object.field("unchained", result.unchained)
            object.field("findings", result.findings.map(AuditFindingBody.init))
        }
    }
}

/// Something that is wrong with the log.
struct AuditFindingBody: ResponseBody {
    let finding: AuditVerification.Finding

    init(_ finding: AuditVerification.Finding) {
        self.finding = finding
    }

    static var example: AuditFindingBody { AuditFindingBody(.altered(position: 3)) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("kind", finding.kind)
            object.field("position", finding.position)
            object.field("count", finding.count)
        }
    }
}

extension AuditVerification.Finding {
    /// Its name in replies and messages.
    var kind: String {
        switch self {
        case .altered: "altered"
        case .missing: "missing"
        case .broken: "broken"
        case .gap: "gap"
        case .truncated: "truncated"
        case .unlinked: "unlinked"
        case .anchorMismatch: "anchor_mismatch"
        case .anchorForged: "anchor_forged"
        case .prunedEarly: "pruned_early"
        }
    }

    /// The place in the chain, if it is about one.
    var position: Int? {
        switch self {
        case .altered(let position), .missing(let position), .broken(let position), .gap(let position),
            .truncated(let position), .anchorMismatch(let position), .anchorForged(let position),
            .prunedEarly(let position):
            position
        case .unlinked: nil
        }
    }

    /// How many rows, if it is about a number of them.
    var count: Int? {
        if case .unlinked(let count) = self { count } else { nil }
    }
}
