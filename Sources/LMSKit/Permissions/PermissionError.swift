// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why it was not said what somebody may do.
@nonexhaustive
public enum PermissionError: Error, Sendable, Equatable {
    /// There is no such user, or the principal may not know what they may do.
    case notFound
    /// There is no such object, or the principal may not know that there is.
    case objectNotFound
    /// The permission says nothing of objects of this kind.
    case notOfThisKind
    /// The database failed.
    case database(DatabaseError)
}

extension PermissionError: FeatureError {
    init(_ error: DatabaseError) {
        self = .database(error)
    }
}
