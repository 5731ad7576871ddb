// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// How long what is in the log is kept.
public struct AuditRetention: Sendable, Hashable {
    /// For how many days a row has the address and the user agent.
    public var originsInDays: Int
    /// For how many days a row is kept; the database keeps it for 90 whatever this says.
    public var rowsInDays: Int

    /// Describes a retention.
    ///
    /// - Parameters:
    ///   - origins: For how many days a row has the address and the user agent.
    ///   - rows: For how many days a row is kept.
    public init(origins: Int = 90, rows: Int = 365) {
        originsInDays = origins
        rowsInDays = rows
    }
}

extension AuditLog {
    /// What `retain` did.
    public struct Retained: Sendable, Hashable {
        /// How many rows lost the address and the user agent.
        public let origins: Int
        /// How many rows were deleted.
        public let rows: Int
    }

    /// Erases origins and rows whose time is over, at most 10,000 of each.
    ///
    /// - Parameters:
    ///   - retention: How long they are kept.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: How many there were; call again while there are many.
    /// - Throws: `AuditError.database`.
    public func retain(
        _ retention: AuditRetention,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(AuditError) -> Retained {
        let now = clock.now()
        return try await AuditError.translating {
            let replies = try await tenants.write(
                [
                    .pruneAudit(before: now.addingTimeInterval(-86_400 * Double(retention.rowsInDays))),
                    .forgetAuditOrigins(before: now.addingTimeInterval(-86_400 * Double(retention.originsInDays))),
                ],
                for: tenant,
                as: AuditLog.principal
            )
            return Retained(origins: try replies[1].only?["count"] ?? 0, rows: try replies[0].only?["count"] ?? 0)
        }
    }
}

extension SQL {
    fileprivate static func pruneAudit(before instant: Date) -> SQL {
        "SELECT prune_audit(\(instant), 10000) AS count"
    }

    fileprivate static func forgetAuditOrigins(before instant: Date) -> SQL {
        "SELECT forget_audit_origins(\(instant), 10000) AS count"
    }
}
