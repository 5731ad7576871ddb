// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a calendar was not shown or given an address.
@nonexhaustive
public enum CalendarError: Error, Sendable, Equatable {
    /// The principal is nobody who has a calendar.
    case forbidden
    /// No calendar has this address, or its user is not active any more.
    case feedNotFound
    /// The span ends before it begins, or is longer than so many days.
    case invalidSpan(limitInDays: Int)
    /// The database failed.
    case database(DatabaseError)
}

extension CalendarError: FeatureError {
    init(_ error: DatabaseError) { self = .database(error) }
}
