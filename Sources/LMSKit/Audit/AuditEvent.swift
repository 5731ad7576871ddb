// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// An act, as it is kept: identifiers and digests only, nothing personal.
public struct AuditEvent: Sendable {
    /// The identifier.
    public typealias ID = Identifier<AuditEvent>
    /// What was done: `resource.verb`, such as `course.published`.
    public let action: String
    /// The kind of object it was done to, such as `course`.
    public let objectKind: String
    /// The object's identifier.
    public let object: UUID?
    /// How it ended.
    public let outcome: Outcome
    let before: AuditState?
    let after: AuditState?

    /// Describes an act.
    ///
    /// - Parameters:
    ///   - action: What was done: `resource.verb`.
    ///   - object: What it was done to.
    ///   - outcome: How it ended.
    ///   - before: The object, or what of it was changed, as it was; only its digest is kept.
    ///   - after: The same as it is now.
    public init<Object>(
        _ action: StaticString,
        on object: Identifier<Object>,
        outcome: Outcome = .succeeded,
        before: AuditState? = nil,
        after: AuditState? = nil
    ) {
        self.init(action, object.uuid, outcome, before, after)
    }

    /// Describes an act on nothing that has an identifier, such as a failed sign-in to an account that does not exist.
    ///
    /// - Parameters:
    ///   - action: What was done: `resource.verb`.
    ///   - outcome: How it ended.
    public init(_ action: StaticString, outcome: Outcome = .succeeded) {
        self.init(action, nil, outcome, nil, nil)
    }

    /// Describes an act on an object whose kind is not known here.
    ///
    /// - Parameters:
    ///   - action: What was done: `resource.verb`.
    ///   - object: What it was done to.
    public init(_ action: StaticString, onAny object: UUID?) {
        self.init(action, object, .succeeded, nil, nil)
    }

    /// A call that was refused.
    ///
    /// - Parameter permission: What whoever called lacks, if that is known.
    /// - Returns: The event; its kind of object is the permission.
    public static func refused(_ permission: Permission?) -> AuditEvent {
        AuditEvent(
            action: "access.refused",
            objectKind: permission?.description ?? "access",
            object: nil,
            outcome: .refused,
            before: nil,
            after: nil
        )
    }

    /// Something bad in an object, whose name is the event's kind of object.
    init<Object>(_ action: StaticString, of kind: String, on object: Identifier<Object>) {
        self.init(
            action: action.description,
            objectKind: kind,
            object: object.uuid,
            outcome: .failed,
            before: nil,
            after: nil
        )
    }

    private init(
        _ action: StaticString,
        _ object: UUID?,
        _ outcome: Outcome,
        _ before: AuditState?,
        _ after: AuditState?
    ) {
        self.action = action.description
        objectKind = String(self.action.prefix { $0 != "." })
        self.object = object
        self.outcome = outcome
        self.before = before
        self.after = after
    }

    /// Whether it may change what somebody may do, so that it must be read anew; too often does no harm, too rarely would.
    var changesStanding: Bool {
        guard outcome == .succeeded else { return false }
        switch objectKind {
        case "user": return !["user.signed_in", "user.second_factor_shown", "user.profile_changed"].contains(action)
        case "service_account": return action != "service_account.signed_in"
        case "session", "role", "api_key", "factor", "impersonation", "invitation": return true
        default: return action == "course.staff_changed"
        }
    }

    /// The same act on no object in particular.
    var withoutObject: AuditEvent {
        AuditEvent(action: action, objectKind: objectKind, object: nil, outcome: outcome, before: nil, after: nil)
    }

    private init(
        action: String,
        objectKind: String,
        object: UUID?,
        outcome: Outcome,
        before: AuditState?,
        after: AuditState?
    ) {
        self.action = action
        self.objectKind = objectKind
        self.object = object
        self.outcome = outcome
        self.before = before
        self.after = after
    }
}

extension AuditEvent {
    /// How an act ended.
    @nonexhaustive
    public enum Outcome: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It was done.
        case succeeded
        /// Whoever acted may not do it.
        case refused
        /// It was tried and did not succeed, such as signing in with a wrong password.
        case failed
    }
}

/// What an object is before or after an act: written as a JSON object whose SHA-256 is kept, and nothing else of it.
public struct AuditState: Sendable {
    let json: [UInt8]

    /// Writes the state.
    ///
    /// - Parameter members: Writes the members, always in the same order.
    public init(_ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(members)
        self.json = json.bytes
    }
}
