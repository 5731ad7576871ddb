// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func insertAuditEvent(
        _ event: AuditEvent,
        by principal: Principal,
        id: Identifier<AuditEvent>,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO audit_events (id, occurred_at, actor_kind, actor, action, object_kind, object_id)
        VALUES (\(id), \(instant), \(principal.auditKind), \(principal.auditName), \(event.action),
                \(event.objectKind), \(event.object))
        """
    }
}

extension Principal {
    fileprivate var auditKind: String {
        switch kind {
        case .anonymous: "anonymous"
        case .user: "user"
        case .service: "service"
        case .system: "system"
        }
    }

    fileprivate var auditName: String {
        switch kind {
        case .anonymous: "anonymous"
        case .user(let id), .service(let id): id.description
        case .system(let name): name
        }
    }
}
