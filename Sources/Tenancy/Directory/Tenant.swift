// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// An organization with its own schema, role, people and address.
public struct Tenant: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = TenantID
    /// The tenant's identifier, from which its schema and role are named.
    public let id: TenantID
    /// The subdomain it is reached at.
    public let slug: TenantSlug
    /// The organization's name, as people read it.
    public let name: String
    /// Whether it is served.
    public let status: Status
    /// What its administrators chose.
    public let settings: TenantSettings
    /// Where it lives and as whom its statements run.
    public let placement: TenantPlacement
    /// Its own domains that were verified.
    public let domains: [String]
    /// When it was claimed, in UTC.
    public let createdAt: Date

    /// Describes a tenant; the directory makes them.
    ///
    /// - Parameters:
    ///   - slug: The subdomain it is reached at.
    ///   - name: The organization's name.
    ///   - status: Whether it is served.
    ///   - settings: What its administrators chose.
    ///   - placement: Where it lives.
    ///   - domains: Its verified domains.
    ///   - createdAt: When it was claimed.
    public init(
        slug: TenantSlug,
        name: String,
        status: Status,
        settings: TenantSettings,
        placement: TenantPlacement,
        domains: [String],
        createdAt: Date
    ) {
        id = placement.tenant
        self.slug = slug
        self.name = name
        self.status = status
        self.settings = settings
        self.placement = placement
        self.domains = domains
        self.createdAt = createdAt
    }
}

extension Tenant {
    /// The states of a tenant that was claimed.
    @nonexhaustive
    public enum Status: String, Sendable, DatabaseConvertible {
        /// Served.
        case active
        /// Kept but not served: every request answers 403.
        case suspended
        /// Marked for purge: every request answers 410.
        case deleted
    }
}
