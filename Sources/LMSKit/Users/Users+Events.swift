// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension IdentifierSource {
    /// The statement that records what happened to a person.
    func recording(
        _ type: EventType,
        of user: User.ID,
        _ payload: [JSONMember] = [],
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        .recordEvent(
            Event(next(), type, of: user, payload: [JSONMember("userId", user)] + payload, at: instant),
            by: principal
        )
    }

    /// The statement that records that a person's account changed.
    func recordingChange(_ change: AccountChange, of user: User.ID, by principal: Principal, at instant: Date) -> SQL {
        recording(.userUpdated, of: user, [JSONMember("change", text: change.rawValue)], by: principal, at: instant)
    }
}

/// What of an account changed, as its event says.
enum AccountChange: String {
    case profile
    case email
    case emailVerified = "email_verified"
    case phone
    case invitation
}

/// Why somebody is a member, as the audit log and the event say.
enum Joining: String {
    case registered
    case created
    case joined

    func auditEvent(on user: User.ID) -> AuditEvent {
        switch self {
        case .registered: AuditEvent("user.registered", on: user)
        case .created: AuditEvent("user.created", on: user)
        case .joined: AuditEvent("user.joined", on: user)
        }
    }
}
