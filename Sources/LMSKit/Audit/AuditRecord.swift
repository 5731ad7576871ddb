// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A row of the audit log.
public struct AuditRecord: Sendable, Identifiable {
    /// The identifier.
    public var id: AuditEvent.ID { fields.id }
    /// When it happened, in UTC.
    public var occurredAt: Date { fields.occurredAt }
    /// Who acted.
    public var actor: AuditActor { AuditActor(kind: fields.actorKind, name: fields.actor) }
    /// The platform operator who acted as them, if one did.
    public var impersonator: Principal.ID? { fields.impersonator }
    /// What was done: `resource.verb`.
    public var action: String { fields.action }
    /// The kind of object it was done to.
    public var objectKind: String { fields.objectKind }
    /// The object's identifier.
    public var object: UUID? { fields.object }
    /// How it ended.
    public var outcome: AuditEvent.Outcome { fields.outcome }
    /// How many times it happened; more than 1 where repetitions within a minute are one row.
    public var occurrences: Int { fields.occurrences }
    /// The number of the request in the host's log.
    public var requestID: String? { fields.requestID }
    /// Where the call came from; `nil` for what the platform did by itself, and after the time for which origins are kept.
    public let origin: RequestOrigin?
    /// SHA-256 of the object as it was before; `nil` if the act does not say.
    public let beforeDigest: [UInt8]?
    /// SHA-256 of the object as it was after; `nil` if the act does not say.
    public let afterDigest: [UInt8]?
    /// SHA-256 of the row, as `docs/api/audit.md` says; `nil` for rows that are older than the chain.
    public let digest: [UInt8]?
    /// The row's place in the tenant's chain, from 1; `nil` for rows that are older than the chain.
    public let position: Int?
    /// SHA-256 of the chain up to the row.
    public let hash: [UInt8]?
    let fields: AuditFields
    let originSalt: Bytes?
    let originDigest: [UInt8]?
}

extension AuditRecord {
    /// Whether the row still is what its digest says.
    func isGenuine(_ cryptography: any Cryptography) -> Bool {
        guard let digest else { return false }
        if let originSalt, let originDigest, let origin {
            guard cryptography.sha256(origin.canonical(salt: originSalt)) == originDigest else { return false }
        }
        var bytes = fields.canonical
        for part in [originDigest, beforeDigest, afterDigest] {
            bytes.append(part == nil ? 0 : 1)
            bytes += part ?? []
        }
        return cryptography.sha256(bytes) == digest
    }

    /// Reads a row of `auditColumns`, which follow a number of others.
    init(row: Row, from start: Int = 0) throws(DatabaseError) {
        var next = RowFields(row, from: start)
        fields = AuditFields(
            id: try next.next(),
            occurredAt: try next.next(),
            actorKind: try next.next(),
            actor: try next.next(),
            impersonator: try next.next(),
            action: try next.next(),
            objectKind: try next.next(),
            object: try next.next(),
            outcome: try next.next(),
            occurrences: try next.next(),
            requestID: try next.next()
        )
        let address: String? = try next.next()
        let userAgent: String? = try next.next()
        origin = address.map { RequestOrigin(address: $0, userAgent: userAgent) }
        originSalt = try next.next()
        originDigest = try next.bytes()
        beforeDigest = try next.bytes()
        afterDigest = try next.bytes()
        digest = try next.bytes()
        position = try next.next()
        hash = try next.bytes()
    }
}

extension RowFields {
    fileprivate mutating func bytes() throws(DatabaseError) -> [UInt8]? {
        let bytes: Bytes? = try next()
        return bytes?.array
    }
}
