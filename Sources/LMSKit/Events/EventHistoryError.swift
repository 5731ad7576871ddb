// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why events were not shown, or nothing was done about one.
@nonexhaustive
public enum EventHistoryError: Error, Sendable, Equatable {
    /// Whoever asks may not.
    case forbidden
    /// No such event was given up.
    case notFound
    /// No such event was recorded, or it is not kept any more.
    case eventNotFound
    /// Nobody reacts to events under that name.
    case consumerNotFound
    /// Some of the events were before what is kept.
    case notKept(since: Date)
    /// The cursor is none of this list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)

    init(_ error: DatabaseError) { self = .database(error) }
}

extension EventHistoryError: FeatureError {}
