// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Which rows of the log are wanted; without any wish, all.
public struct AuditQuery: Sendable, Hashable {
    /// Who acted: an identifier, or the name of a part of the platform.
    public var actor: String?
    /// The platform operator behind the actor.
    public var impersonator: Principal.ID?
    /// Whether only acts of operators on behalf of somebody are wanted.
    public var impersonatedOnly = false
    /// What was done.
    public var action: String?
    /// The kind of object it was done to.
    public var objectKind: String?
    /// The object it was done to.
    public var object: UUID?
    /// How it ended.
    public var outcome: AuditEvent.Outcome?
    /// The first moment, in UTC.
    public var from: Date?
    /// The moment after the last, in UTC.
    public var until: Date?

    /// Wants all rows.
    public init() {}
}
