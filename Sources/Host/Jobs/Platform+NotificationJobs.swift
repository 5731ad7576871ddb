// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension Platform {
    /// What collects and fans out notifications, and reminds people.
    var notificationHandlers: [JobKind: JobHandler] {
        let notifications = lms.notifications
        let tenants = installation.tenants
        return [
            .notificationFanOut: whereServed { job, tenant in
                try await notifications.fanOut(Announcement.ID(job.subject), at: tenant.id, tenants: tenants)
                return .finished
            },
            .digest: whereServed { job, tenant in
                let delivery = NotificationDelivery.ID(job.subject)
                try await notifications.collectDigest(delivery, at: tenant.id, tenants: tenants)
                return .finished
            },
            .reminders: whereServed { _, tenant in
                // What was given up by a process that ended then, or was cancelled.
                try await notifications.noteEndedJobs(at: tenant.id, tenants: tenants)
                try await notifications.remind(at: tenant.id, tenants: tenants)
                return .finished
            },
        ]
    }
}

extension Notifications {
    /// Returns what follows when a tenant's jobs were given up: the log says that what they carried will not go out.
    func afterBurials(tenants: Tenants) -> @Sendable (TenantID, [Job]) async throws -> Void {
        { tenant, buried in
            let subjects = buried.filter { Self.jobKinds.contains($0.kind) }.map(\.subject)
            guard !subjects.isEmpty else { return }
            try await noteEndedJobs(of: subjects, at: tenant, tenants: tenants)
        }
    }
}
