// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// What a serving process does for the audit log beside requests: writes what was counted, anchors the chains that grew, and erases
/// what was kept long enough.
final class KeepAuditOperation: Sendable {
    private let lms: LMSKit.LMS
    private let tenants: Tenants
    private let directory: Directory
    private let sites: Sites
    private let anchorSeconds: Int
    private let report: @Sendable (String) -> Void
    private let retained = Mutex<[TenantID: Int]>([:])

    /// How often what was counted is written.
    private static let turnSeconds = 15
    /// How often a tenant's old rows are looked for.
    private static let retentionSeconds = 3_600

    init(
        lms: LMSKit.LMS,
        installation: Installation,
        sites: Sites,
        anchorSeconds: Int,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.lms = lms
        tenants = installation.tenants
        directory = installation.directory
        self.sites = sites
        self.anchorSeconds = anchorSeconds
        self.report = report
    }

    /// Looks again and again, until the loop ends.
    func watch(on loop: EventLoop) async {
        var seconds = 0
        while (try? await loop.sleep(for: .seconds(Self.turnSeconds))) != nil {  // cancelled: the end is wanted
            seconds += Self.turnSeconds
            await flush(.due)
            if seconds % max(Self.turnSeconds, anchorSeconds) < Self.turnSeconds { await anchor(at: seconds) }
        }
    }

    /// Writes what is left at the end of the process.
    func finish() async {
        await flush(.all)
        await anchor(at: nil)
    }

    private func flush(_ pending: Audit.Pending) async {
        do {
            try await lms.audit.flush(pending, tenants: tenants)
        } catch {
            report("audit: what was counted could not be written and is tried again: \(error)")
        }
    }

    private func anchor(at seconds: Int?) async {
        for tenant in sites.takeWritten() {
            do {
                if let head = try await lms.auditLog.anchor(tenant, tenants: tenants) {
                    // Also in the log, which leaves the machine: another witness of the chain.
                    report("audit: \(tenant) ends at \(head.position) \(head.hash.hexadecimal)")
                }
                if let seconds { try await retain(tenant, at: seconds) }
            } catch {
                report("audit: \(tenant) could not be anchored: \(error)")
            }
        }
    }

    private func retain(_ tenant: TenantID, at seconds: Int) async throws {
        let isDue = retained.withLock { retained in
            guard seconds - (retained[tenant] ?? .min / 2) >= Self.retentionSeconds else { return false }
            retained[tenant] = seconds
            return true
        }
        guard isDue, let settings = try await directory.find(id: tenant)?.settings else { return }
        let retention = AuditRetention(origins: settings.auditOriginDays, rows: settings.auditDays)
        _ = try await lms.auditLog.retain(retention, at: tenant, tenants: tenants)
    }
}
