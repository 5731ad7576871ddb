// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Something that somebody shows besides a password.
public struct Factor: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Factor>
    /// The identifier.
    public let id: ID
    /// What kind it is.
    public let kind: FactorKind
    /// When its user showed first that they have it, in UTC.
    public let confirmedAt: Date
    /// When they showed it last to sign in, in UTC.
    public let lastUsedAt: Date?

    /// Describes a factor.
    package init(id: ID, kind: FactorKind, confirmedAt: Date, lastUsedAt: Date?) {
        self.id = id
        self.kind = kind
        self.confirmedAt = confirmedAt
        self.lastUsedAt = lastUsedAt
    }
}

/// What somebody has of second factors.
public struct FactorOverview: Sendable {
    /// The factors, in the order in which they were set up.
    public let factors: [Factor]
    /// How many recovery codes were not used.
    public let recoveryCodes: Int

    /// Describes what somebody has.
    package init(factors: [Factor], recoveryCodes: Int) {
        self.factors = factors
        self.recoveryCodes = recoveryCodes
    }
}

/// A factor that waits until its user shows that they have it.
@nonexhaustive
public enum FactorSetup: Sendable {
    /// An authenticator app: the secret as it is typed, and what a QR code holds.
    case totp(secret: Secret<String>, uri: Secret<String>)
    /// A code was sent to the user's address.
    case email
}

/// Why nothing became of a second factor.
@nonexhaustive
public enum FactorError: Error, Sendable, Equatable {
    /// The code is wrong, was used before, or its time is over.
    case invalidCode
    /// Too many codes were wrong; the next one is looked at after this many seconds.
    case throttled(seconds: Int)
    /// The challenge is unknown, over, used, or had too many wrong codes; the sign-in begins anew.
    case invalidChallenge
    /// There is no factor of this kind, or none that waits to be confirmed.
    case notSetUp
    /// The tenant's policy asks for a second factor, so the last one stays.
    case mandatory
    /// Who has a second factor must show it; a password is not enough.
    case codeNeeded
    /// The installation cannot send codes.
    case noMail
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension FactorError {
    init(_ error: any Error) {
        switch error {
        case let error as FactorError: self = error
        case .database(let error) as KeyError: self = .database(error)
        case let error as KeyError: self = .keys(error)
        case TokenError.database(let error): self = .database(error)
        case TokenError.keys(let error): self = .keys(error)
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}

/// Sends codes; the installation's mail.
public protocol CodeDelivery: Sendable {
    /// Queues a message with a code in the transaction that stores the code.
    ///
    /// - Parameters:
    ///   - code: The code, as it is typed.
    ///   - address: Where to.
    ///   - session: The transaction; the message exists if it commits.
    /// - Throws: `DatabaseError` if the message could not be queued.
    func deliver(
        _ code: Secret<String>,
        to address: Email,
        session: borrowing TenantSession
    ) async throws(DatabaseError)
}
