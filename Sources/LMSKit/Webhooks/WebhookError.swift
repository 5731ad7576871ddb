// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about webhooks was refused.
@nonexhaustive
public enum WebhookError: Error, Sendable, Equatable {
    /// There is no such endpoint, or the principal may not know that there is.
    case notFound
    /// There is no such delivery, or the principal may not know that there is.
    case deliveryNotFound
    /// The principal may not do this.
    case forbidden
    /// The endpoint's address is not public.
    case addressRefused
    /// There are no such types of events.
    case unknownTypes([String])
    /// A tenant has at most this many endpoints.
    case tooMany(limit: Int)
    /// The endpoint was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// Nothing is sent to the endpoint at the moment.
    case disabled
    /// The delivery is on its way still.
    case pending
    /// The place in the list is of another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension WebhookError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }

    /// Any error of work that throws keys', the database's and the feature's own.
    init(any error: any Error) {
        switch error {
        case let error as WebhookError: self = error
        case .database(let error) as KeyError: self = WebhookError(error)
        case let error as KeyError: self = .keys(error)
        case .database(let error) as NotificationError: self = WebhookError(error)
        case is NotificationError: self = .keys(.unusable)
        case let error as DatabaseError: self = WebhookError(error)
        default: self = .database(.cancelled)
        }
    }
}
