// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// Counts what repeats within a minute, so that nobody fills the disk by failing.
final class AuditTally: Sendable {
    private let counts = Mutex<[TenantID: [Key: Count]]>([:])

    /// How long repetitions are one row.
    static let window: TimeInterval = 60
    /// How many different events of a tenant have rows of their own within a window.
    static let rowsPerTenant = 100

    /// What makes two events the same.
    struct Key: Hashable, Sendable {
        let action: String
        let outcome: AuditEvent.Outcome
        var object: UUID?
        var actor: AuditActor?
        var address: String?
        var subject: Int?
    }

    /// An event with how often it was repeated.
    struct Count: Sendable {
        let key: Key
        let event: AuditEvent
        let principal: Principal
        let startedAt: Date
        var lastAt: Date
        var repetitions = 0
    }

    /// Counts an event.
    ///
    /// - Returns: Whether it gets a row of its own now.
    func isFirst(
        _ event: AuditEvent,
        about subject: String?,
        by principal: Principal,
        at tenant: TenantID,
        now: Date
    ) -> Bool {
        let key = Key(
            action: event.action,
            outcome: event.outcome,
            object: event.object,
            actor: AuditActor(principal),
            address: principal.origin?.address,
            subject: subject?.hashValue
        )
        return counts.withLock { counts in
            if counts[tenant]?[key] != nil {
                counts[tenant]?[key]?.repetitions += 1
                counts[tenant]?[key]?.lastAt = now
                return false
            }
            guard counts[tenant]?.count ?? 0 < AuditTally.rowsPerTenant else {
                let rest = Key(action: event.action, outcome: event.outcome)
                let nobody = Principal(.system("audit"), grants: Grants())
                var count =
                    counts[tenant]?[rest]
                    ?? Count(key: rest, event: event.withoutObject, principal: nobody, startedAt: now, lastAt: now)
                count.repetitions += 1
                count.lastAt = now
                counts[tenant, default: [:]][rest] = count
                return false
            }
            counts[tenant, default: [:]][key] =
                Count(key: key, event: event, principal: principal, startedAt: now, lastAt: now)
            return true
        }
    }

    /// Forgets what is a minute old.
    ///
    /// - Returns: What of it was repeated.
    func takeDue(of tenant: TenantID, at now: Date) -> [Count] {
        counts.withLock { counts in
            guard let own = counts[tenant] else { return [] }
            let due = own.filter { now.timeIntervalSince($0.value.startedAt) >= AuditTally.window }
            guard !due.isEmpty else { return [] }
            let rest = own.filter { due[$0.key] == nil }
            counts[tenant] = rest.isEmpty ? nil : rest
            return due.values.filter { $0.repetitions > 0 }
        }
    }

    /// Counts again what could not be written.
    func putBack(_ taken: [Count], of tenant: TenantID) {
        counts.withLock { counts in
            for count in taken {
                let sum = count.repetitions + (counts[tenant]?[count.key]?.repetitions ?? 0)
                counts[tenant, default: [:]][count.key, default: count].repetitions = sum
            }
        }
    }

    /// The tenants of which something was counted.
    var tenants: [TenantID] { counts.withLock { Array($0.keys) } }
}
