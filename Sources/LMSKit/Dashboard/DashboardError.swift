// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a dashboard was not shown.
@nonexhaustive
public enum DashboardError: Error, Sendable, Equatable {
    /// The principal is nobody who has one, or may see the course and not how its learners do.
    case forbidden
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The database failed.
    case database(DatabaseError)
}

extension DashboardError: FeatureError {
    init(_ error: DatabaseError) { self = .database(error) }
}
