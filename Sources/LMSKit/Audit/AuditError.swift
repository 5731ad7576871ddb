// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why the audit log was not shown.
@nonexhaustive
public enum AuditError: Error, Sendable, Equatable {
    /// Whoever asks may not read this log, or not beyond their own acts.
    case forbidden
    /// The cursor is none of this list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)
    /// The key that anchors are checked with cannot be used.
    case keys(KeyError)

    init(_ error: DatabaseError) { self = .database(error) }
}

extension AuditError: FeatureError {}
