// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Sets up who sends pushes in a tenant's name.
///
/// The key pair for browsers is made when it is first asked for. Keys are sealed under the tenant's key and shown to nobody.
public struct PushAccounts: Sendable {
    let tenantKeys: TenantKeys
    let cryptography: (any MessageCryptography)?
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Returns the public key that browsers subscribe with (`applicationServerKey`); makes the pair if there is none.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and transactions.
    /// - Returns: An uncompressed point on P-256, 65 bytes.
    /// - Throws: `PushError.notOffered`; `.keys`; `.database`.
    public func vapidKey(of tenant: TenantID, tenants: Tenants) async throws(PushError) -> [UInt8] {
        guard let cryptography else { throw .notOffered }
        do {
            let reader = tenants.reader(for: tenant, as: PushDelivery.principal)
            if let key: Bytes = try await reader.read(.selectPushAccount(.web)).only?["public_key"] {
                return key.array
            }
            return try await tenants.transaction(for: tenant, as: PushDelivery.principal) { session in
                let pair = cryptography.makeP256Key()
                let key = try await tenantKeys.current(session: session)
                let sealed = try key.seal(pair.privateKey, for: Self.purpose(.web))
                let secret = SealedSecret(key: key.id, bytes: Bytes(sealed))
                // Of two who make it at the same time one does, and both get that one's.
                let replies = try await session.batch([
                    .insertVAPIDKey(identifiers.next(), Bytes(pair.publicKey), secret, at: clock.now()),
                    .selectPushAccount(.web),
                ])
                guard let row = replies[1].only else { throw PushError.database(.cancelled) }
                let made: Bytes = try row["public_key"]
                return made.array
            }
        } catch {
            throw PushError(error)
        }
    }

    /// Shows who sends in the tenant's name, without any private key.
    ///
    /// - Parameter reader: The tenant's data, for whoever asks.
    /// - Returns: The accounts.
    /// - Throws: `PushError.forbidden` without `tenant:read`; `.database`.
    public func fetch(reader: TenantReader) async throws(PushError) -> PushSettings {
        guard reader.principal.may(.tenantRead, on: .foreign) else { throw .forbidden }
        do {
            return try PushSettings(rows: try await reader.read(.selectPushAccounts()))
        } catch {
            throw PushError(error)
        }
    }

    /// Sets the account that apps are reached by Firebase Cloud Messaging with.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - key: Its key, a PrivateKeyInfo in PEM as the service account's file has it.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `PushError.forbidden` without `tenant:update`; `.invalidAccount`; `.notOffered`; `.keys`; `.database`.
    public func set(
        _ account: FCMAccount,
        key: Secret<String>,
        session: borrowing TenantSession
    ) async throws(PushError) {
        try await put(.fcm(account), key: key, session: session)
    }

    /// Sets the key that apps are reached by the Apple Push Notification service with.
    ///
    /// - Parameters:
    ///   - account: The key's name, the team and the app.
    ///   - key: The `.p8` file; without one the stored key stays, if its name and the team do.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `PushError.forbidden` without `tenant:update`; `.invalidAccount`; `.keyNeeded`; `.notOffered`; `.keys`; `.database`.
    public func set(
        _ account: APNsAccount,
        key: Secret<String>?,
        session: borrowing TenantSession
    ) async throws(PushError) {
        if let key { return try await put(.apns(account), key: key, session: session) }
        guard session.principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        do {
            guard let row = try await session.execute(.changeAPNsAccount(account, at: clock.now())).only else {
                throw PushError.keyNeeded
            }
            let id: PushSettings.ID = try row["id"]
            let event = AuditEvent("tenant.push_changed", on: id)
            try await session.execute(audit.recording(event, by: session.principal))
        } catch {
            throw PushError(error)
        }
    }

    /// Takes an account away; its key is erased.
    ///
    /// - Parameters:
    ///   - kind: Which; browsers' is never taken away, since they are bound to it.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `PushError.forbidden` without `tenant:update`; `.invalidAccount` for browsers' key; `.database`.
    public func clear(_ kind: PushTarget.Kind, session: borrowing TenantSession) async throws(PushError) {
        guard session.principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        guard kind != .web else { throw .invalidAccount }
        do {
            guard let row = try await session.execute(.deletePushAccount(kind)).only else { return }
            let id: PushSettings.ID = try row["id"]
            let event = AuditEvent("tenant.push_cleared", on: id)
            try await session.execute(audit.recording(event, by: session.principal))
        } catch {
            throw PushError(error)
        }
    }

    private func put(
        _ account: PushSettings.Account,
        key text: Secret<String>,
        session: borrowing TenantSession
    ) async throws(PushError) {
        guard session.principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        guard let cryptography else { throw .notOffered }
        guard let info = PrivateKeyFile.read(text.reveal()) else { throw .invalidAccount }
        do {
            // A key that does not sign is told now, and not when the first message fails.
            _ = try cryptography.sign([0], with: account.signingKey(info))
        } catch {
            throw .invalidAccount
        }
        do {
            let key = try await tenantKeys.current(session: session)
            let sealed = try key.seal(info, for: Self.purpose(account.kind))
            let replies = try await session.batch([
                .putPushAccount(
                    identifiers.next(),
                    account,
                    SealedSecret(key: key.id, bytes: Bytes(sealed)),
                    at: clock.now()
                )
            ])
            guard let row = replies.first?.only else { throw PushError.invalidAccount }
            let id: PushSettings.ID = try row["id"]
            let event = AuditEvent("tenant.push_changed", on: id)
            try await session.execute(audit.recording(event, by: session.principal))
        } catch {
            throw PushError(error)
        }
    }

    static func purpose(_ kind: PushTarget.Kind) -> String { "push_accounts.sealed_key:\(kind.rawValue)" }
}
