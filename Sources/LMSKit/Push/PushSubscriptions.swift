// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Registers the devices that people want to be told on.
///
/// Everybody has their own and sees nobody else's. A device has one owner: who registers it last, since a person who signs in on somebody
/// else's telephone must not go on to get what is told to them.
public struct PushSubscriptions: Sendable {
    let tenantKeys: TenantKeys
    let cryptography: any Cryptography
    let addresses: OutgoingAddresses
    let clock: WallClock
    let identifiers: IdentifierSource

    /// How many devices somebody has; one more takes the place of the one that was registered the longest ago.
    public static let limit = 20

    /// Registers a device, or shows that it still listens.
    ///
    /// Locks the user's row, so that of many at once no more than `limit` stay.
    ///
    /// - Parameters:
    ///   - target: The device.
    ///   - label: What its owner calls it, 100 characters at most; `nil` for what the request says of itself.
    ///   - signIn: The sign-in that it is registered in, and ends with.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Returns: The subscription; the one before if the device was registered by the same user.
    /// - Throws: `PushError.noSession`; `.addressRefused` for a number that is no public address; `.keys`; `.database`.
    public func register(
        _ target: PushTarget,
        label: String?,
        in signIn: SignInSession.ID?,
        session: borrowing TenantSession
    ) async throws(PushError) -> PushSubscription {
        let principal = session.principal
        guard let signIn, let user = principal.user, principal.impersonator == nil else { throw .noSession }
        if case .web(let endpoint, _, _) = target, let address = NetworkAddress(endpoint.host) {
            guard addresses.allow(address, .encrypted) else { throw .addressRefused }
        }
        do {
            guard try await session.execute(.lockPushOwner(user, in: signIn)).only != nil else {
                throw PushError.noSession
            }
            let key = try await tenantKeys.current(session: session)
            let hash = Bytes(cryptography.sha256(target.name))
            let name = label ?? principal.origin?.userAgent ?? target.kind.rawValue
            let statement = SQL.putPushSubscription(
                identifiers.next(),
                of: user,
                in: signIn,
                target.kind,
                hash: hash,
                label: String(name.prefix(100)),
                key: key.id,
                sealed: Bytes(try key.seal(target.written, for: PushSubscription.purpose(hash))),
                at: clock.now()
            )
            // Somebody else may register it at this moment: then what they made is taken away first.
            for _ in 0..<3 {
                let replies = try await session.batch([
                    .deletePushSubscription(hash: hash, notOf: user), statement,
                    .deletePushSubscriptions(of: user, keeping: Self.limit),
                ])
                if let row = replies[1].only { return try PushSubscription(row: row) }
            }
            throw DatabaseError.serializationFailure
        } catch {
            throw PushError(error)
        }
    }

    /// Lists the principal's own devices that are still signed in, the one that was registered last first.
    ///
    /// - Parameter reader: Who asks, in which tenant.
    /// - Returns: The devices, `limit` at most.
    /// - Throws: `PushError.forbidden` for what is no user; `.database`.
    public func list(reader: TenantReader) async throws(PushError) -> [PushSubscription] {
        guard let user = reader.principal.user else { throw .forbidden }
        do {
            return try await reader.read(.listPushSubscriptions(of: user, at: clock.now())).map {
                row throws(DatabaseError) in try PushSubscription(row: row)
            }
        } catch {
            throw PushError(error)
        }
    }

    /// Deletes one of the principal's own devices.
    ///
    /// - Parameters:
    ///   - id: The subscription.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `PushError.notFound` for one that is none or another's; `.forbidden`; `.database`.
    public func delete(_ id: PushSubscription.ID, session: borrowing TenantSession) async throws(PushError) {
        guard let user = session.principal.user else { throw .forbidden }
        do {
            guard try await session.execute(.deletePushSubscription(id, of: user)).only != nil else {
                throw PushError.notFound
            }
        } catch {
            throw PushError(error)
        }
    }
}
