// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a device was not registered or told, or an account not set up.
@nonexhaustive
public enum PushError: Error, Sendable, Equatable {
    /// There is no such subscription, or it is somebody else's.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// Only somebody who signed in on the device registers it.
    case noSession
    /// The address is no public one.
    case addressRefused
    /// The tenant has no such account.
    case accountNotFound
    /// The account's key or its description make no sense.
    case invalidAccount
    /// Another key or team than the stored key is for: the key is needed too.
    case keyNeeded
    /// The installation pushes nothing.
    case notOffered
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension PushError {
    init(_ error: any Error) {
        switch error {
        case let error as PushError: self = error
        case .database(let error) as KeyError: self = .database(error)
        case let error as KeyError: self = .keys(error)
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}
