// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Somebody whom the tenant asked to come, and as what.
public struct Invitation: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Invitation>
    /// The identifier.
    public let id: ID
    /// The address that the link was mailed to.
    public let email: Email
    /// The name that they will have unless they choose another.
    public let displayName: String?
    /// The names of the roles that they will have.
    public let roles: [Role.Name]
    /// Who asked them; `nil` for the platform itself.
    public let invitedBy: User.ID?
    /// How often the link was mailed: 10 times at most.
    public let timesSent: Int
    /// When they were asked, in UTC.
    public let createdAt: Date
    /// Until when the link is good, in UTC.
    public let expiresAt: Date
    /// When they came, in UTC.
    public let acceptedAt: Date?
    /// When the invitation was taken back, in UTC.
    public let revokedAt: Date?
}

extension Invitation {
    /// What has become of an invitation.
    @nonexhaustive
    public enum State: String, Sendable {
        /// The link is good.
        case open
        /// The link's time is over.
        case expired
        /// They came.
        case accepted
        /// It was taken back.
        case revoked
    }

    /// What has become of it.
    ///
    /// - Parameter now: The present.
    /// - Returns: The state.
    public func state(at now: Date) -> State {
        if acceptedAt != nil { return .accepted }
        if revokedAt != nil { return .revoked }
        return expiresAt > now ? .open : .expired
    }

    /// Reads the columns of every statement of `Invitations+SQL.swift` that returns invitations.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        email = try fields.next()
        displayName = try fields.next()
        roles = try fields.next()
        invitedBy = try fields.next()
        timesSent = try fields.next()
        createdAt = try fields.next()
        expiresAt = try fields.next()
        acceptedAt = try fields.next()
        revokedAt = try fields.next()
    }
}

/// Whom to ask to come.
public struct NewInvitation: Sendable {
    /// The address that the link is mailed to.
    public var email: Email
    /// The name that they will have unless they choose another, 1–255 characters.
    public var displayName: String?
    /// The roles that they will have.
    public var roles: [Role.Name]

    /// Describes an invitation.
    ///
    /// - Parameters:
    ///   - email: The address that the link is mailed to.
    ///   - displayName: The name that they will have unless they choose another.
    ///   - roles: The roles that they will have; student if there is none.
    public init(email: Email, displayName: String? = nil, roles: [Role.Name] = []) {
        self.email = email
        self.displayName = displayName
        self.roles = roles.isEmpty ? [BuiltInRole.student.name] : roles
    }
}

/// Why an invitation was refused.
@nonexhaustive
public enum InvitationError: Error, Sendable, Equatable {
    /// There is no such invitation.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// The tenant has no such role.
    case roleNotFound
    /// A role allows more than the principal may do.
    case beyondOwnGrants
    /// Somebody has this address.
    case emailTaken
    /// The address has an invitation that is open.
    case alreadyInvited
    /// The invitation is over: accepted or taken back.
    case ended
    /// As many invitations are open as may be, or this one was sent as often as may be.
    case tooMany
    /// The token is unknown or over, or who sent it may no longer.
    case invalidToken
    /// The password that was chosen may not be.
    case password(PasswordProblem)
    /// The installation sends no mail.
    case mailNotOffered
    /// The position belongs to another list.
    case invalidPosition
    /// Too many passwords are waiting to be hashed.
    case busy
    /// The database failed.
    case database(DatabaseError)
}

extension InvitationError {
    init(_ error: any Error) {
        switch error {
        case let error as InvitationError: self = error
        case DatabaseError.constraint(.unique, name: "invitations_email_key_uq"): self = .alreadyInvited
        case DatabaseError.constraint(.check, name: "invitations_times_sent_ck"): self = .tooMany
        case let error as DatabaseError: self = .database(error)
        case let error as PasswordProblem: self = .password(error)
        case UserError.emailTaken: self = .emailTaken
        case UserError.roleNotFound: self = .roleNotFound
        case UserError.beyondOwnGrants: self = .beyondOwnGrants
        case UserError.forbidden: self = .forbidden
        case UserError.database(let error): self = .database(error)
        case PasswordHashingError.busy: self = .busy
        default: self = .database(.cancelled)
        }
    }
}
