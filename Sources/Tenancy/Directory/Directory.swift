// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Finds tenants by address and by identifier, from memory while what it knows is fresh.
///
/// What is found, or not found, is kept for the time to live, so a suspension is seen on every node within that time. The
/// number of kept entries is bounded, because names come from strangers.
public final class Directory: Sendable {
    private let control: any Database
    private let installation: InstallationPrefix
    private let timeToLive: Duration
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var entries: [Key: Entry] = [:]
        /// What was read before this may be what was forgotten.
        var forgottenAt: ContinuousClock.Instant?
    }

    /// How a tenant was named.
    enum Key: Hashable {
        case slug(TenantSlug)
        case domain(String)
        case id(TenantID)
    }

    /// What is known of a name; an object, because a tenant is a dozen references to count when it is copied.
    private final class Entry: Sendable {
        let tenant: Tenant?
        let readAt: ContinuousClock.Instant

        init(tenant: Tenant?, readAt: ContinuousClock.Instant) {
            self.tenant = tenant
            self.readAt = readAt
        }
    }

    /// Makes a directory over the control database.
    ///
    /// - Parameters:
    ///   - control: The control database.
    ///   - installation: The installation's prefix.
    ///   - timeToLive: How long an entry is trusted.
    ///   - capacity: How many entries are kept.
    public init(
        control: any Database,
        installation: InstallationPrefix,
        timeToLive: Duration = .seconds(1),
        capacity: Int = 20_000
    ) {
        self.control = control
        self.installation = installation
        self.timeToLive = timeToLive
        self.capacity = capacity
    }

    /// Finds the tenant of a subdomain.
    ///
    /// - Parameter slug: The subdomain.
    /// - Returns: The tenant, whatever its status, or `nil`.
    /// - Throws: `DatabaseError.unavailable` if the directory must be read and cannot be.
    public func find(slug: TenantSlug) async throws(DatabaseError) -> Tenant? {
        try await find(.slug(slug), .tenant(slug: slug))
    }

    /// Finds the tenant of a verified domain.
    ///
    /// - Parameter domain: The domain in lower case.
    /// - Returns: The tenant, whatever its status, or `nil`.
    /// - Throws: `DatabaseError.unavailable` if the directory must be read and cannot be.
    public func find(domain: String) async throws(DatabaseError) -> Tenant? {
        try await find(.domain(domain), .tenant(domain: domain))
    }

    /// Finds a tenant by its identifier.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The tenant, whatever its status, or `nil`.
    /// - Throws: `DatabaseError.unavailable` if the directory must be read and cannot be.
    public func find(id: TenantID) async throws(DatabaseError) -> Tenant? {
        try await find(.id(id), .tenant(id: id))
    }

    /// Where a tenant lives, without reading the directory.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The placement, whatever the tenant's status; `nil` if it is not in memory or what is there is too old.
    public func knownPlacement(of id: TenantID) -> TenantPlacement? {
        fresh(.id(id), at: .now)?.tenant?.placement
    }

    /// Forgets what is known of one tenant, so that this process sees its own change at once.
    ///
    /// - Parameter id: The tenant.
    public func forget(_ id: TenantID) {
        state.withLock { state in
            state.entries = state.entries.filter { $0.value.tenant?.id != id }
            state.forgottenAt = .now
        }
    }

    /// Forgets everything that is known, so that this process sees a change at once: also a name that nobody had before.
    public func forgetAll() {
        state.withLock { state in
            state.entries.removeAll()
            state.forgottenAt = .now
        }
    }

    private func find(_ key: Key, _ statement: @autoclosure () -> SQL) async throws(DatabaseError) -> Tenant? {
        let now = ContinuousClock.now
        if let entry = fresh(key, at: now) { return entry.tenant }
        let replies = try await control.read([statement()], scope: .control)
        var tenant: Tenant?
        if let row = replies.first?.only { tenant = try Tenant(row: row, installation: installation) }
        remember(tenant, as: key, at: now)
        return tenant
    }

    private func fresh(_ key: Key, at now: ContinuousClock.Instant) -> Entry? {
        guard let entry = state.withLock({ $0.entries[key] }), now - entry.readAt < timeToLive else { return nil }
        return entry
    }

    private func remember(_ tenant: Tenant?, as key: Key, at instant: ContinuousClock.Instant) {
        state.withLock { state in
            if let forgottenAt = state.forgottenAt, instant <= forgottenAt { return }
            if state.entries.count >= capacity {
                state.entries = state.entries.filter { instant - $0.value.readAt < timeToLive }
            }
            if state.entries.count >= capacity { state.entries.removeAll() }
            let entry = Entry(tenant: tenant, readAt: instant)
            state.entries[key] = entry
            if let tenant { state.entries[.id(tenant.id)] = entry }
        }
    }
}
