// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a role was refused.
@nonexhaustive
public enum RoleError: Error, Sendable, Equatable {
    /// There is no such role, or the principal may not know that there is.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// A role of this name exists, built in or the tenant's own.
    case nameTaken
    /// Users hold the role, so it cannot be deleted.
    case inUse
    /// The role allows something that the principal may not do themselves.
    case beyondOwnGrants
    /// A tenant has at most this many roles of its own.
    case tooMany(limit: Int)
    /// The role was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension RoleError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "roles_name_uq"), .constraint(.check, name: "roles_name_built_in_ck"):
            self = .nameTaken
        case .constraint(.foreignKey, name: "user_roles_role_id_fk"),
            .constraint(.foreignKey, name: "service_accounts_role_id_fk"):
            self = .inUse
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
