// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What a program may do on a route, by an API key or as a service account: it is nobody.
enum KeyUse: Sendable, Hashable {
    /// Nothing: the route asks for a person, such as for whoever changes a password or makes keys.
    case refused
    /// What the route's own permission or the domain allows the key's scopes.
    case accepted
    /// The same, if a scope holds the permission: for a route that asks people for none.
    case holding(Permission)

    /// By default a route that asks people for a permission asks a key's scopes for it.
    ///
    /// One that asks for none but a sign-in would be open
    /// to every key whatever its scopes, so it is to none unless it says so.
    init(of access: Access) {
        switch access {
        case .signedIn, .platformPublic, .operatorSignIn, .operator: self = .refused
        case .host, .anonymous, .publicRead, .permission: self = .accepted
        }
    }
}
