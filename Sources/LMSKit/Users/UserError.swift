// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a user was refused.
@nonexhaustive
public enum UserError: Error, Sendable, Equatable {
    /// There is no such user, or the principal may not know that there is.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// Somebody has this address, perhaps spelled in another case.
    case emailTaken
    /// Somebody signs in with this name, perhaps spelled in another case.
    case usernameTaken
    /// The IANA database has no time zone of this name.
    case unknownTimeZone
    /// The tenant has no such role.
    case roleNotFound(Role.Name)
    /// The role allows something that the principal may not do themselves, or the user may do more than the principal.
    case beyondOwnGrants
    /// The tenant would be without an active owner.
    case lastOwner
    /// One cannot suspend or reactivate oneself.
    case ownAccount
    /// The user was changed since the caller read them; they are at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension UserError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "users_email_key_uq"): self = .emailTaken
        case .constraint(.unique, name: "users_username_uq"): self = .usernameTaken
        case .refused(sqlState: "22023"): self = .unknownTimeZone
        case .constraint(.foreignKey, name: "user_roles_user_id_fk"): self = .notFound
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
