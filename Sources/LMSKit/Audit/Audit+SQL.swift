// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The database computes the digests: the states are bound and not kept.
    static func insertAuditEvent(
        _ fields: AuditFields,
        origin: (RequestOrigin, salt: Bytes)?,
        before: Bytes?,
        after: Bytes?
    ) -> SQL {
        let hidden = origin.map { Bytes($0.0.canonical(salt: $0.salt)) }
        return """
            WITH d AS MATERIALIZED (
                SELECT sha256(\(hidden)) AS origin, sha256(\(before)) AS before, sha256(\(after)) AS after)
            INSERT INTO audit_events (id, occurred_at, actor_kind, actor, impersonator, action, object_kind, object_id,
                outcome, occurrences, request_id, address, user_agent, origin_salt,
                origin_digest, before_digest, after_digest, digest)
            SELECT \(fields.id), \(fields.occurredAt), \(fields.actorKind), \(fields.actor), \(fields.impersonator),
                \(fields.action), \(fields.objectKind), \(fields.object), \(fields.outcome), \(fields.occurrences),
                \(fields.requestID), \(origin?.0.address), \(origin?.0.userAgent), \(origin?.salt),
                d.origin, d.before, d.after,
                sha256(\(Bytes(fields.canonical)) || coalesce('\\x01'::bytea || d.origin, '\\x00')
                    || coalesce('\\x01'::bytea || d.before, '\\x00') || coalesce('\\x01'::bytea || d.after, '\\x00'))
            FROM d
            """
    }
}
