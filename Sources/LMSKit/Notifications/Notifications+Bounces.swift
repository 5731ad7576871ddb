// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What became of a report about a message.
public struct BounceOutcome: Sendable, Hashable {
    /// Whose message it was.
    public let tenant: TenantID
    /// How many addresses get no more mail because of it.
    public let marked: Int
}

extension Notifications {
    /// Takes note of a report that a mail server made of a message of ours: it cannot be delivered (RFC 3464), or its reader does not want it
    /// (RFC 5965).
    ///
    /// An address that mail came back from gets no more notifications until its user has another one, or shows again that it is theirs.
    ///
    /// - Parameters:
    ///   - message: The report as it came, 1 MB at most.
    ///   - isKnown: Whether there is such a tenant; a report may name anything.
    ///   - tenants: Opens the transaction of the tenant whose message it was.
    /// - Returns: What became of it; `nil` if it is no such report, or of no message of ours.
    /// - Throws: `NotificationError.database`.
    public func noteBounce(
        _ message: [UInt8],
        ofTenant isKnown: @Sendable (TenantID) async throws(DatabaseError) -> Bool,
        tenants: Tenants
    ) async throws(NotificationError) -> BounceOutcome? {
        guard let report = BounceReport(message) else { return nil }
        let now = clock.now()
        do {
            guard try await isKnown(report.name.tenant) else { return nil }
            let statements = report.recipients.prefix(50).map {
                SQL.noteBounce($0.kind, of: report.name.id, $0.email.key, status: $0.status, at: now)
            }
            let rows = try await tenants.write(Array(statements), for: report.name.tenant, as: Self.principal)
            return BounceOutcome(tenant: report.name.tenant, marked: rows.reduce(0) { $0 + $1.affected })
        } catch {
            throw NotificationError(error)
        }
    }
}
