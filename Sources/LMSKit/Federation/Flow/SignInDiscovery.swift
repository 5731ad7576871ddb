// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Tells a sign-in page which ways in there are.
public struct SignInDiscovery: Sendable {
    /// Which ways in there are for an address.
    public struct Ways: Sendable {
        /// Whether a password may be typed.
        public let password: Bool
        /// The providers that may be chosen, the tenant's oldest first.
        public let providers: [Way]
    }

    /// A provider as a sign-in page shows it.
    public struct Way: Sendable {
        /// The provider.
        public let id: IdentityProvider.ID
        /// The dialect.
        public let kind: IdentityProvider.Kind
        /// What people read on the button.
        public let name: String
    }

    /// Lists the ways in.
    ///
    /// Decided by the domain alone: an address of a member and one of nobody get the same. If providers are for the
    /// address's domain only those are told; else those that are for any.
    ///
    /// - Parameters:
    ///   - email: The address that was typed, if one was.
    ///   - tenant: The tenant.
    ///   - reader: The tenant's reader.
    /// - Returns: The ways in.
    /// - Throws: `FederationError.database`.
    public func ways(
        for email: Email?,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(FederationError) -> Ways {
        let providers = try await FederationError.translating {
            try await reader.read(.listEnabledProviders()).map { row throws(DatabaseError) in
                try IdentityProvider(row: row)
            }
        }
        let own = email.map { email in providers.filter { $0.settings.emailDomains.contains(email.domain) } } ?? []
        let shown = own.isEmpty ? providers.filter(\.settings.emailDomains.isEmpty) : own
        return Ways(
            password: tenant.settings.passwordSignIn,
            providers: shown.map { Way(id: $0.id, kind: $0.settings.kind, name: $0.settings.name) }
        )
    }
}
