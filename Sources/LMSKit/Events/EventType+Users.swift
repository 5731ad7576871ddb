// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// Somebody became a member.
    ///
    /// Payload: `userId`, `cause` (`registered`, `created` or `joined`), `roles`.
    public static let userCreated = EventType("user.created", .users)
    /// A profile or an account changed.
    ///
    /// Payload: `userId`, `change` (`profile`, `email`, `email_verified`, `phone` or `invitation`).
    public static let userUpdated = EventType("user.updated", .users)
    /// A member can no longer sign in.
    ///
    /// Payload: `userId`, `status` (`deactivated` or `suspended`).
    public static let userDeactivated = EventType("user.deactivated", .users)
    /// A member can sign in again.
    ///
    /// Payload: `userId`.
    public static let userReactivated = EventType("user.reactivated", .users)
    /// A member was erased, with all that named them.
    ///
    /// Payload: `userId`, `hardDelete`.
    public static let userDeleted = EventType("user.deleted", .users)
    /// A member was given a role.
    ///
    /// Payload: `userId`, `role`.
    public static let userRoleAssigned = EventType("user.role_assigned", .users)
    /// A role was taken from a member.
    ///
    /// Payload: `userId`, `role`.
    public static let userRoleRemoved = EventType("user.role_removed", .users)
}
