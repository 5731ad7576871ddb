// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// An operator of the platform acting as a user of a tenant: for a reason, for a time, and seen by the tenant.
public struct Impersonation: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Impersonation>
    /// The identifier.
    public let id: ID
    /// As whom.
    public let user: User.ID
    /// Who, on the platform.
    public let `operator`: Principal.ID
    /// What the operator is called.
    public let operatorName: String
    /// Why, 10–500 characters.
    public let reason: String
    /// What they may do.
    public let access: Access
    /// Since when, in UTC.
    public let beganAt: Date
    /// Until when at the latest, in UTC.
    public let expiresAt: Date
    /// When it was ended before its time, in UTC.
    public let endedAt: Date?

    /// What an operator may do as a user.
    public enum Access: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// See what the user sees; the database itself refuses to write.
        case read
        /// Also change what is taught and learned. Never who somebody is or what they may do.
        case write
    }

    package init(
        id: ID,
        user: User.ID,
        operator: Principal.ID,
        operatorName: String,
        reason: String,
        access: Access,
        beganAt: Date,
        expiresAt: Date,
        endedAt: Date?
    ) {
        self.id = id
        self.user = user
        self.operator = `operator`
        self.operatorName = operatorName
        self.reason = reason
        self.access = access
        self.beganAt = beganAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
    }
}

extension Impersonation {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        user = try fields.next()
        `operator` = try fields.next()
        operatorName = try fields.next()
        reason = try fields.next()
        access = try fields.next()
        beganAt = try fields.next()
        expiresAt = try fields.next()
        endedAt = try fields.next()
    }
}

/// Why an impersonation was refused.
@nonexhaustive
public enum ImpersonationError: Error, Sendable, Equatable {
    /// There is none, or the principal may not know of it.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// The tenant has no such user.
    case userNotFound
    /// The user's account is not active.
    case userInactive
    /// The tenant does not allow it: not at all, not for writing, or not as an owner.
    case noConsent
    /// The reason has fewer than 10 or more than 500 characters.
    case noReason
    /// It is for longer than an hour, or for no time.
    case badDuration
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension ImpersonationError: FeatureError {
    init(_ error: DatabaseError) {
        self = .database(error)
    }
}

extension Permission {
    /// See when operators of the platform acted as users.
    public static let impersonationRead = Permission("impersonation:read")
    /// End that at once.
    public static let impersonationEnd = Permission("impersonation:end")
}
