// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// Who may call a route; what they may do to an object is the domain's to decide.
enum Access: Sendable, Hashable {
    /// Anybody, without a tenant and without signing in: health, readiness, the reference.
    case host
    /// Anybody at a tenant's address; a token is not looked at. For what comes before signing in.
    case anonymous
    /// Anybody at a tenant's address; who signed in may see more.
    case publicRead
    /// Whoever signed in.
    case signedIn
    /// Whoever holds the permission, if only for their own objects.
    case permission(Permission)
    /// Anybody, on the base domain and at no tenant's address.
    case platformPublic
    /// An operator who is about to sign in, on the base domain and at no tenant's address.
    case operatorSignIn
    /// An operator of the platform who holds the permission, on the base domain; no tenant's token is looked at.
    case `operator`(PlatformPermission)

    /// Whether the route is reached without a token.
    var isOpen: Bool {
        switch self {
        case .host, .anonymous, .publicRead, .platformPublic, .operatorSignIn: true
        case .signedIn, .permission, .operator: false
        }
    }

    /// Whether the route is the platform's own, which no tenant has.
    var isPlatform: Bool {
        switch self {
        case .platformPublic, .operatorSignIn, .operator: true
        case .host, .anonymous, .publicRead, .signedIn, .permission: false
        }
    }
}

/// How sure a route must be of whoever signed in.
enum Assurance: String, Sendable, Hashable {
    /// A session that may only set up a second factor will do.
    case limited
    /// A whole session.
    case whole
    /// The user showed who they are within the last minutes: for what a stolen token must not be enough for.
    case recent

    /// How long ago is recent, in seconds.
    static let recentSeconds: Double = 600
}

/// What a call costs us, which decides how many a client may make.
enum RateClass: String, Sendable, Hashable, CaseIterable {
    /// Guessing is worth trying: sign-in, registration, password reset.
    case auth
    case read
    case write
    /// Imports, exports, search over everything.
    case expensive
    /// Not limited: health and readiness.
    case unlimited
}

/// What may keep a reply.
enum CachePolicy: Sendable, Hashable {
    /// Nothing: it is personal or changes something.
    case never
    /// The client, which must ask each time whether it is still good. For replies that depend on who asks.
    case revalidated
    /// Anybody, for so many seconds.
    ///
    /// Only for replies that are equal for everybody at the tenant's address, whoever asks in whichever language. We keep them
    /// ourselves for a quarter of a second.
    case shared(seconds: Int)

    var field: String {
        switch self {
        case .never: "no-store"
        case .revalidated: "private, no-cache"
        case .shared(let seconds): "public, max-age=\(seconds)"
        }
    }
}

/// What an `Idempotency-Key` does on a route.
enum Idempotency: Sendable, Hashable {
    /// Nothing: the method is idempotent, or repeating it is harmless.
    case none
    /// A repetition with the same key gets the first reply.
    case accepted
}
