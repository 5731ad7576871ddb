// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Somebody who runs the platform; they have no account in any tenant.
public struct Operator: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Operator>
    /// The identifier.
    public let id: ID
    /// The address to sign in with.
    public let email: Email
    /// What tenants see of them.
    public let name: String
    /// What they may do.
    public let role: PlatformRole
    /// Whether they may sign in.
    public let status: Status
    /// When they first signed in with a code, in UTC.
    public let enrolledAt: Date?
    /// When they signed in last, in UTC.
    public let lastSignInAt: Date?

    /// Whether somebody may sign in.
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        case active, disabled
    }

    package init(
        id: ID,
        email: Email,
        name: String,
        role: PlatformRole,
        status: Status = .active,
        enrolledAt: Date? = nil,
        lastSignInAt: Date? = nil
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.role = role
        self.status = status
        self.enrolledAt = enrolledAt
        self.lastSignInAt = lastSignInAt
    }
}

extension Operator {
    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        email = try fields.next()
        name = try fields.next()
        role = try fields.next()
        status = try fields.next()
        enrolledAt = try fields.next()
        lastSignInAt = try fields.next()
    }
}

/// What somebody is on the platform.
public enum PlatformRole: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// Makes, suspends and deletes tenants, and helps their people.
    case `operator`
    /// Helps the tenants' people.
    case support
    /// Sees what is done on the platform and changes nothing.
    case auditor

    /// What the role allows.
    public var permissions: Set<PlatformPermission> {
        switch self {
        case .operator: Set(PlatformPermission.allCases)
        case .support: [.readTenants, .impersonate]
        case .auditor: [.readTenants, .readAudit]
        }
    }
}

/// What may be done on the platform.
///
/// None of it reaches into a tenant but `impersonate`, where the tenant allows that.
public enum PlatformPermission: String, Sendable, Hashable, CaseIterable {
    /// See the tenants.
    case readTenants = "tenants:read"
    /// Make, suspend, resume and delete tenants.
    case manageTenants = "tenants:manage"
    /// Act as a tenant's user.
    case impersonate = "impersonations:manage"
    /// See what was done on the platform.
    case readAudit = "audit:read"
}

/// An operator's sign-in.
public struct OperatorSession: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<OperatorSession>
    /// The identifier.
    public let id: ID
    /// Who.
    public let `operator`: Operator
    /// Until when it is good at the latest, in UTC.
    public let expiresAt: Date

    package init(id: ID, operator: Operator, expiresAt: Date) {
        self.id = id
        self.operator = `operator`
        self.expiresAt = expiresAt
    }
}

/// Why something about an operator was refused.
@nonexhaustive
public enum OperatorError: Error, Sendable, Equatable {
    /// There is no such operator.
    case notFound
    /// Another operator has the address.
    case emailTaken
    /// The address, the password or the code is wrong, or the account is disabled; which of them is not said.
    case invalidCredentials
    /// The session has ended, or never was.
    case sessionOver
    /// Too many attempts; the next one may be made after these seconds.
    case throttled(seconds: Int)
    /// Too many passwords are being checked at the moment.
    case busy
    /// The configuration lacks the master key under which the operator's secret is sealed.
    case keys
    /// The database failed.
    case database(DatabaseError)
}

extension OperatorError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "operators_email_key_uq"): self = .emailTaken
        default: self = .database(error)
        }
    }
}
