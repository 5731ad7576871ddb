// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A privileged act, as it is kept: identifiers only, nothing personal.
public struct AuditEvent: Sendable {
    /// What was done: `resource.verb`, such as `course.published`.
    public let action: String
    /// The kind of object it was done to, such as `course`.
    public let objectKind: String
    /// The object's identifier.
    public let object: UUID?

    /// Describes an act.
    ///
    /// - Parameters:
    ///   - action: What was done: `resource.verb`.
    ///   - object: What it was done to.
    public init<Object>(_ action: StaticString, on object: Identifier<Object>) {
        self.action = action.description
        objectKind = String(self.action.prefix { $0 != "." })
        self.object = object.uuid
    }
}

/// Writes the audit log in the transaction of the act itself, so that neither exists without the other.
public struct Audit: Sendable {
    private let clock: WallClock
    private let identifiers: IdentifierSource

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates the events.
    ///   - identifiers: Names the events.
    public init(clock: WallClock = .system, identifiers: IdentifierSource = IdentifierSource()) {
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Returns the statement that records an act, for a batch.
    ///
    /// - Parameters:
    ///   - event: The act.
    ///   - principal: Who acted.
    /// - Returns: An INSERT.
    public func recording(_ event: AuditEvent, by principal: Principal) -> SQL {
        .insertAuditEvent(event, by: principal, id: identifiers.next(), at: clock.now())
    }

    /// Records an act.
    ///
    /// - Parameters:
    ///   - event: The act.
    ///   - session: The transaction of the act; the caller commits it.
    /// - Throws: `DatabaseError` if the server refused it.
    public func record(_ event: AuditEvent, session: borrowing TenantSession) async throws(DatabaseError) {
        try await session.execute(recording(event, by: session.principal))
    }
}
