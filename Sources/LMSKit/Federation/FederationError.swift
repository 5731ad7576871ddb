// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a provider was not set up, or somebody not signed in by one.
@nonexhaustive
public enum FederationError: Error, Sendable, Equatable {
    /// There is no such provider, or the principal may not know that there is.
    case notFound
    /// There is no such identity or user, or the principal may not know that there is.
    case identityNotFound
    /// The principal may not do this.
    case forbidden
    /// A provider of this name exists.
    case nameTaken
    /// A tenant has at most this many providers.
    case tooMany(limit: Int)
    /// The provider was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// A rule gives a role that allows something that the principal may not do themselves, or the owner's.
    case beyondOwnGrants
    /// A rule gives a role that does not exist.
    case roleNotFound(Role.Name)
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The address to return to is not registered.
    case returnNotRegistered
    /// What came back belongs to no sign-in that waits: unknown, used, too late, of another tenant or provider, or another
    /// browser's.
    case stateInvalid
    /// Without this identity the user could not sign in any more.
    case lastWayIn
    /// The code is unknown, used, too late, or its verifier or address is another.
    case codeInvalid
    /// A logout token cannot be believed, or was taken before.
    case logoutTokenInvalid
    /// The provider cannot be used at this moment.
    case providerUnavailable(ProviderFailure)
    /// A key cannot be used.
    case keys(KeyError)
    /// Signing in failed after the provider vouched.
    case signIn(SignInError)
    /// The database failed.
    case database(DatabaseError)
}

/// What is wrong with a provider.
@nonexhaustive
public enum ProviderFailure: Error, Sendable, Equatable {
    /// It could not be reached.
    case unreachable(OutgoingError)
    /// It answered a request with this status.
    case refused(status: Int)
    /// It says of itself something else than was set up, or what it sent cannot be read.
    case misconfigured
    /// It vouched with a token that cannot be believed.
    case untrusted
}

extension FederationError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "identity_providers_name_uq"): self = .nameTaken
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "federated_flows_provider_id_fk"): self = .notFound
        default: self = .database(error)
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as FederationError: self = error
        case let error as DatabaseError: self.init(error)
        case let error as KeyError: self = .keys(error)
        case let error as ProviderFailure: self = .providerUnavailable(error)
        case is ForeignTokenError: self = .logoutTokenInvalid
        case let error as SignInError: self = .signIn(error)
        case UserError.database(let error): self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}
