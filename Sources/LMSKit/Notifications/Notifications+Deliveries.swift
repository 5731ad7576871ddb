// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Notifications {
    /// Returns the statements that plan how notifications go out and queue what leaves by itself.
    func deliveries(
        of entries: [NotificationEntry],
        _ type: NotificationType,
        at now: Date,
        until end: Date,
        session: borrowing TenantSession
    ) async throws -> [SQL] {
        var rows: [PlannedDelivery] = []
        var letters: [NotificationLetter] = []
        var jobs = NotificationJobs()
        for entry in entries {
            for plan in entry.plans {
                let id: NotificationDelivery.ID = identifiers.next()
                var row = PlannedDelivery(id: id, notification: entry.id, user: entry.recipient.user, plan: plan)
                if plan.status == .pending {
                    switch plan.channel {
                    case .inApp: break
                    case .email where plan.reason == .digest:
                        // Each asks for the digest by itself: the first that is due takes all with it.
                        jobs.add(.digest, id.uuid, at: plan.dueAt)
                    case .email:
                        let token = type.isSecurity ? nil : UnsubscribeToken(random: cryptography)
                        row.isMailed = true
                        row.tokenHash = token?.hash ?? Bytes([])
                        letters.append(
                            NotificationLetter(
                                id: QueuedMail.ID(id.uuid),
                                recipient: entry.recipient,
                                token: token?.text,
                                dueAt: plan.dueAt,
                                expiresAt: max(end, plan.dueAt.addingTimeInterval(86_400))
                            )
                        )
                    case .push: jobs.add(.push, id.uuid, at: plan.dueAt)
                    case .sms: jobs.add(.sms, id.uuid, at: plan.dueAt)
                    }
                }
                rows.append(row)
            }
        }
        guard !rows.isEmpty else { return [] }
        return [.insertDeliveries(rows, at: now)] + jobs.statements
            + (try await mail.statements(queueing: letters, session: session))
    }
}

/// Work that is to be queued: one statement for all of a kind that is due at the same time.
struct NotificationJobs {
    private var subjects: [Line: [UUID]] = [:]

    private struct Line: Hashable {
        let kind: JobKind
        let dueAt: Date
    }

    mutating func add(_ kind: JobKind, _ subject: UUID, at dueAt: Date) {
        subjects[Line(kind: kind, dueAt: dueAt), default: []].append(subject)
    }

    var statements: [SQL] {
        subjects.sorted { ($0.key.kind.description, $0.key.dueAt) < ($1.key.kind.description, $1.key.dueAt) }.map {
            .enqueueJobs($0.key.kind, $0.value, at: $0.key.dueAt)
        }
    }
}

/// A delivery that is being written.
struct PlannedDelivery: Sendable {
    let id: NotificationDelivery.ID
    let notification: UserNotification.ID
    let user: User.ID
    let plan: NotificationPlan
    /// Whether a message of the same identifier carries it.
    var isMailed = false
    /// What unsubscribes by one click, by its SHA-256.
    var tokenHash = Bytes([])
}

/// What ends messages of a type by one click: random, so that it says nothing and cannot be made up.
///
/// It is stored by its hash beside the delivery that it was mailed with, in the tenant's own schema; so it is good for one user and one type
/// of one tenant, and for as long as that notification is kept.
struct UnsubscribeToken: Sendable {
    let text: Secret<String>
    let hash: Bytes

    init(random cryptography: any Cryptography) {
        let text = Base64URL.encode(cryptography.randomBytes(32))
        self.init(text, cryptography)
    }

    init(_ text: String, _ cryptography: any Cryptography) {
        self.text = Secret(text)
        hash = Bytes(cryptography.sha256(Array(text.utf8)))
    }
}
