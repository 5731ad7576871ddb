// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A device that somebody wants to be told on, without where it listens, which is shown to nobody.
public struct PushSubscription: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<PushSubscription>
    /// The identifier.
    public let id: ID
    /// What kind of device it is.
    public let kind: PushTarget.Kind
    /// What its owner calls it, or the browser's or app's own name.
    public let label: String
    /// When it was registered first, in UTC.
    public let createdAt: Date
    /// When it showed last that it listens, in UTC.
    public let registeredAt: Date
    /// When its service took a message last, in UTC.
    public let succeededAt: Date?
    /// When its service refused one last, in UTC.
    public let failedAt: Date?
    /// How, as `PushResult` names it.
    public let failure: String?
    /// The sign-in that it was registered in, and ends with.
    public let session: SignInSession.ID

    /// Describes a subscription.
    package init(
        id: ID,
        kind: PushTarget.Kind,
        label: String,
        createdAt: Date,
        registeredAt: Date,
        succeededAt: Date?,
        failedAt: Date?,
        failure: String?,
        session: SignInSession.ID
    ) {
        self.id = id
        self.kind = kind
        self.label = label
        self.createdAt = createdAt
        self.registeredAt = registeredAt
        self.succeededAt = succeededAt
        self.failedAt = failedAt
        self.failure = failure
        self.session = session
    }

    init(row: Row) throws(DatabaseError) {
        self.init(
            id: try row["id"],
            kind: try row["kind"],
            label: try row["label"],
            createdAt: try row["created_at"],
            registeredAt: try row["registered_at"],
            succeededAt: try row["succeeded_at"],
            failedAt: try row["failed_at"],
            failure: try row["failure"],
            session: try row["session_id"]
        )
    }

    /// What a device's target is sealed for.
    static func purpose(_ hash: Bytes) -> String { "push_subscriptions.sealed_target:\(Base64URL.encode(hash.array))" }
}
