// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Has a tenant's events sent to the tenant's own servers, as Standard Webhooks says.
///
/// Every change leaves the commit to the caller. A secret is sealed with the tenant's key and shown when it is made, never again.
public struct Webhooks: Sendable {
    /// The most endpoints that a tenant may have.
    public static let limit = 50
    /// How long the secret before signs too after a rotation, in seconds.
    public static let overlap: Double = 24 * 3600

    let tenantKeys: TenantKeys
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit
    let notices: any AccountMail
    let notifications: Notifications
    private let addresses: OutgoingAddresses
    /// The types of events that endpoints can ask for.
    public let types: [EventType]

    init(
        tenantKeys: TenantKeys,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource,
        audit: Audit,
        notices: any AccountMail,
        notifications: Notifications,
        addresses: OutgoingAddresses,
        types: [EventType]
    ) {
        self.tenantKeys = tenantKeys
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        self.notices = notices
        self.notifications = notifications
        self.addresses = addresses
        self.types = types
    }

    /// Makes an endpoint.
    ///
    /// - Parameters:
    ///   - new: What is said of it.
    ///   - session: The tenant's open transaction.
    /// - Returns: The endpoint with its secret.
    /// - Throws: `WebhookError.forbidden` without `webhook:manage`; `.addressRefused`; `.unknownTypes`; `.tooMany`; `.invalid`;
    ///   `.keys`; `.database`.
    public func create(
        _ new: NewWebhookEndpoint,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> IssuedWebhookEndpoint {
        let principal = session.principal
        guard principal.may(.webhookManage, on: .foreign) else { throw .forbidden }
        try check(new.url)
        try check(new.filter)
        let id: WebhookEndpoint.ID = identifiers.next()
        let secret = WebhookSecret(cryptography)
        do {
            let insertion = SQL.insertWebhookEndpoint(id, new, limit: Webhooks.limit, at: clock.now())
            guard try await session.execute(insertion).only != nil else {
                throw WebhookError.tooMany(limit: Webhooks.limit)
            }
            let endpoint = try await run(
                [
                    try await self.insertion(of: secret, for: id, session: session),
                    audit.recording(AuditEvent("webhook_endpoint.created", on: id), by: principal),
                ],
                returning: id,
                session: session
            )
            return IssuedWebhookEndpoint(endpoint: endpoint, secret: secret.text)
        } catch {
            throw WebhookError(any: error)
        }
    }

    /// Changes an endpoint; what is on its way goes to the address that it has when it is sent.
    ///
    /// - Parameters:
    ///   - id: The endpoint; its row is locked until the transaction ends.
    ///   - changes: What becomes different.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The endpoint at its next version.
    /// - Throws: `WebhookError.notFound`, also without `webhook:read`; `.forbidden`; `.versionMismatch`; `.addressRefused`;
    ///   `.unknownTypes`; `.invalid`; `.database`.
    public func update(
        _ id: WebhookEndpoint.ID,
        _ changes: WebhookEndpointChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> WebhookEndpoint {
        let principal = session.principal
        let old = try await lock(id, session: session)
        if let version, version != old.version { throw .versionMismatch(current: old.version) }
        if case .set(let url) = changes.url { try check(url) }
        if case .set(let filter) = changes.filter { try check(filter) }
        var disabled = old.disabled
        var events = [AuditEvent("webhook_endpoint.changed", on: id)]
        if case .set(let isEnabled) = changes.isEnabled, isEnabled != (old.disabled == nil) {
            disabled = isEnabled ? nil : .byHand
            events.append(
                isEnabled
                    ? AuditEvent("webhook_endpoint.enabled", on: id) : AuditEvent("webhook_endpoint.disabled", on: id)
            )
        }
        let statement = SQL.updateWebhookEndpoint(
            id,
            url: changes.url.applied(to: old.url),
            description: changes.description.applied(to: old.description),
            filter: changes.filter.applied(to: old.filter),
            isOrdered: changes.isOrdered.applied(to: old.isOrdered),
            disabled: disabled,
            forgetsFailures: disabled == nil && old.disabled != nil,
            at: clock.now()
        )
        do {
            return try await run(
                [statement] + events.map { audit.recording($0, by: principal) },
                returning: id,
                session: session
            )
        } catch {
            throw WebhookError(any: error)
        }
    }

    /// Switches an endpoint off that is on, and on that is off.
    ///
    /// - Parameters:
    ///   - id: The endpoint; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: The endpoint at its next version.
    /// - Throws: As `update` does.
    public func toggle(
        _ id: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> WebhookEndpoint {
        var changes = WebhookEndpointChanges()
        changes.isEnabled = .set(try await lock(id, session: session).disabled != nil)
        return try await update(id, changes, session: session)
    }

    /// Gives an endpoint another secret; the one before signs beside it for 24 hours more, and what was before that no longer.
    ///
    /// - Parameters:
    ///   - id: The endpoint; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: The endpoint with its new secret.
    /// - Throws: `WebhookError.notFound`; `.forbidden`; `.keys`; `.database`.
    public func rotate(
        _ id: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> IssuedWebhookEndpoint {
        let principal = session.principal
        _ = try await lock(id, session: session)
        let secret = WebhookSecret(cryptography)
        do {
            let now = clock.now()
            let endpoint = try await run(
                [
                    .deletePreviousWebhookSecret(of: id),
                    .endWebhookSecret(of: id, at: now.addingTimeInterval(Webhooks.overlap)),
                    try await insertion(of: secret, for: id, session: session),
                    .stampWebhookEndpoint(id, at: now),
                    audit.recording(AuditEvent("webhook_endpoint.rotated", on: id), by: principal),
                ],
                returning: id,
                session: session
            )
            return IssuedWebhookEndpoint(endpoint: endpoint, secret: secret.text)
        } catch {
            throw WebhookError(any: error)
        }
    }

    /// Ends the secret from before the last rotation at once, such as one that got about.
    ///
    /// - Parameters:
    ///   - id: The endpoint; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Throws: `WebhookError.notFound`; `.forbidden`; `.database`.
    public func revokePreviousSecret(
        _ id: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws(WebhookError) {
        let principal = session.principal
        _ = try await lock(id, session: session)
        try await WebhookError.translating {
            _ = try await session.batch([
                .deletePreviousWebhookSecret(of: id), .stampWebhookEndpoint(id, at: clock.now()),
                audit.recording(AuditEvent("webhook_endpoint.secret_revoked", on: id), by: principal),
            ])
        }
    }

    /// Deletes an endpoint with its secrets and all that was sent to it.
    ///
    /// - Parameters:
    ///   - id: The endpoint.
    ///   - session: The tenant's open transaction.
    /// - Throws: `WebhookError.notFound`; `.forbidden`; `.database`.
    public func delete(_ id: WebhookEndpoint.ID, session: borrowing TenantSession) async throws(WebhookError) {
        let principal = session.principal
        _ = try await lock(id, session: session)
        try await WebhookError.translating {
            _ = try await session.batch([
                .deleteWebhookEndpoint(id),
                audit.recording(AuditEvent("webhook_endpoint.deleted", on: id), by: principal),
            ])
        }
    }

    private func check(_ url: WebhookURL) throws(WebhookError) {
        if let address = url.address, !addresses.allow(address, .encrypted) { throw .addressRefused }
    }

    private func check(_ filter: WebhookFilter) throws(WebhookError) {
        guard filter != .everything else { return }
        let unknown = Set(filter.names).subtracting(types.map(\.name))
        if !unknown.isEmpty { throw .unknownTypes(unknown.sorted()) }
    }

    /// Locks an endpoint for who may change it.
    func lock(_ id: WebhookEndpoint.ID, session: borrowing TenantSession) async throws(WebhookError) -> WebhookEndpoint
    {
        let principal = session.principal
        guard principal.may(.webhookRead, on: .foreign) || principal.may(.webhookManage, on: .foreign) else {
            throw .notFound
        }
        let now = clock.now()
        let found = try await WebhookError.translating {
            try await session.execute(.lockWebhookEndpoint(id, at: now)).only.map { row throws(DatabaseError) in
                try WebhookEndpoint(row: row)
            }
        }
        guard let found else { throw .notFound }
        guard principal.may(.webhookManage, on: .foreign) else { throw .forbidden }
        return found
    }

    private func insertion(
        of secret: WebhookSecret,
        for endpoint: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws -> SQL {
        let key = try await tenantKeys.current(session: session)
        let id: WebhookSecret.ID = identifiers.next()
        let sealed = Bytes(try key.seal(secret.bytes, for: WebhookSecret.purpose(id)))
        return .insertWebhookSecret(id, of: endpoint, sealed: sealed, key: key.id, at: clock.now())
    }

    private func run(
        _ statements: [SQL],
        returning id: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws -> WebhookEndpoint {
        let replies = try await session.batch(statements + [.selectWebhookEndpoint(id, at: clock.now())])
        guard let row = replies.last?.only else { throw WebhookError.notFound }
        return try WebhookEndpoint(row: row)
    }
}
