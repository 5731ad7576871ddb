// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about notifications was refused.
@nonexhaustive
public enum NotificationError: Error, Sendable, Equatable {
    /// There is no such notification, or the principal may not know that there is.
    case notFound
    /// There is no such announcement, or the principal may not know that there is.
    case announcementNotFound
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// There is no such user, or the principal may not know that there is.
    case userNotFound
    /// The principal may not do this.
    case forbidden
    /// Who asks is no user, and only users are told anything.
    case usersOnly
    /// The position belongs to another list.
    case invalidPosition
    /// Notices that guard an account cannot be turned off.
    case mandatory(NotificationType)
    /// A text names what its type does not have.
    case unknownParameter(String)
    /// A text is empty or too long, or has an end of line where it must not.
    case invalidText(field: String)
    /// A link leads to no page of the tenant's and to no `https` address.
    case invalidLink
    /// An announcement has no text in the tenant's language.
    case textNeeded(language: String)
    /// The announcement has ended.
    case ended
    /// The link to unsubscribe by is none of ours, or the notification is gone.
    case invalidToken
    /// The time zone is none that the database knows.
    case unknownTimeZone
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The tenant's keys cannot be used.
    case keys
    /// The database failed.
    case database(DatabaseError)
}

extension NotificationError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "notification_preferences_course_id_fk"): self = .courseNotFound
        default: self = .database(error)
        }
    }
}
