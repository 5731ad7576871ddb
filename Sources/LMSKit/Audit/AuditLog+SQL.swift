// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static let auditColumns: SQL = """
        e.id, e.occurred_at, e.actor_kind, e.actor, e.impersonator, e.action, e.object_kind, e.object_id, e.outcome,
        e.occurrences, e.request_id, e.address, e.user_agent, e.origin_salt, e.origin_digest, e.before_digest,
        e.after_digest, e.digest, c.position, c.hash
        """

    static func selectAuditEvents(_ query: AuditQuery, before: AuditEvent.ID?, limit: Int) -> SQL {
        let after: SQL = before.map { " AND e.id < \($0)" } ?? ""
        return """
            SELECT \(.auditColumns) FROM audit_events e LEFT JOIN audit_chain c ON c.event_id = e.id
            WHERE true\(conditions(query))\(after) ORDER BY e.id DESC LIMIT \(limit)
            """
    }

    static func exportAuditEvents(_ query: AuditQuery, after: AuditEvent.ID?, limit: Int) -> SQL {
        let after: SQL = after.map { " AND e.id > \($0)" } ?? ""
        return """
            SELECT \(.auditColumns) FROM audit_events e LEFT JOIN audit_chain c ON c.event_id = e.id
            WHERE true\(conditions(query))\(after) ORDER BY e.id LIMIT \(limit)
            """
    }

    /// Only what is wished for, so that the planner sees which index answers.
    private static func conditions(_ query: AuditQuery) -> SQL {
        let who: SQL = query.actor.map { " AND e.actor = \($0)" } ?? ""
        let behind: SQL = query.impersonator.map { " AND e.impersonator = \($0)" } ?? ""
        let impersonated: SQL = query.impersonatedOnly ? " AND e.impersonator IS NOT NULL" : ""
        let action: SQL = query.action.map { " AND e.action = \($0)" } ?? ""
        let kind: SQL = query.objectKind.map { " AND e.object_kind = \($0)" } ?? ""
        let object: SQL = query.object.map { " AND e.object_id = \($0)" } ?? ""
        let outcome: SQL = query.outcome.map { " AND e.outcome = \($0)" } ?? ""
        let from: SQL = query.from.map { " AND e.occurred_at >= \($0)" } ?? ""
        let until: SQL = query.until.map { " AND e.occurred_at < \($0)" } ?? ""
        return "\(who)\(behind)\(impersonated)\(action)\(kind)\(object)\(outcome)\(from)\(until)"
    }

    /// Where the chain ends and begins.
    static func selectAuditHead() -> SQL {
        "SELECT position, hash, pruned_position, pruned_hash FROM audit_heads"
    }

    /// Links in their order with their rows, if those are there.
    static func selectAuditLinks(after position: Int, upTo last: Int, limit: Int) -> SQL {
        """
        SELECT l.position, l.event_id, l.hash, e.id IS NOT NULL, \(.auditColumns)
        FROM audit_chain l LEFT JOIN (audit_events e JOIN audit_chain c ON c.event_id = e.id) ON c.position = l.position
        WHERE l.position > \(position) AND l.position <= \(last) ORDER BY l.position LIMIT \(limit)
        """
    }

    /// How many rows have no link, of those that must have one and of those from before there was a chain.
    static func countUnlinkedAuditEvents() -> SQL {
        """
        SELECT count(*) FILTER (WHERE digest IS NOT NULL), count(*) FILTER (WHERE digest IS NULL) FROM audit_events e
        WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.event_id = e.id)
        """
    }
}
