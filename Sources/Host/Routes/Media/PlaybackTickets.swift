// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What stands in the addresses that a player loads: it shows one medium to one user for an hour and nothing else.
///
/// A ticket is bound to its tenant by the key, to the medium and to the user's sign-in by what it says. Every use reads whether the
/// sign-in still stands and whether the user may still read the lesson, so it ends with either of them.
struct PlaybackTickets: Sendable {
    let cryptography: any Cryptography
    /// What each tenant's key is derived from.
    let secret: Secret<[UInt8]>
    /// The same before the secret was changed.
    let earlierSecrets: [Secret<[UInt8]>]
    let tenant: TenantID

    /// How long a ticket is good, in seconds.
    static let lifetime: TimeInterval = 3_600
    private static let payloadLength = 16 + SessionClaim.length

    /// What a ticket may be refused for.
    enum Refusal: Error {
        /// It is none of this tenant's, or another medium's.
        case foreign
        /// Its hour is over.
        case expired
    }

    /// Makes a ticket.
    ///
    /// - Parameters:
    ///   - medium: What it shows.
    ///   - claim: Whose sign-in it is for.
    ///   - now: The time.
    /// - Returns: The ticket, and when it is over.
    func make(
        for medium: MediaItem.ID,
        _ claim: SessionClaim,
        at now: Date
    ) -> (text: String, expiresAt: Date) {
        let end = Date(timeIntervalSince1970: (now.timeIntervalSince1970 + Self.lifetime).rounded(.down))
        let payload = medium.uuid.bytes + claim.lasting(until: end).bytes
        return (Base64URL.encode(payload + tag(of: payload, secret)), end)
    }

    /// Reads a ticket.
    func open(_ text: String, for medium: MediaItem.ID, at now: Date) throws(Refusal) -> SessionClaim {
        guard text.utf8.count < 300, let bytes = Base64URL.decode(text), bytes.count == Self.payloadLength + 32 else {
            throw .foreign
        }
        let payload = Array(bytes.dropLast(32))
        let tag = Array(bytes.suffix(32))
        guard ([secret] + earlierSecrets).contains(where: { cryptography.areEqual(tag, self.tag(of: payload, $0)) }),
            Array(payload.prefix(16)) == medium.uuid.bytes,
            let claim = SessionClaim(bytes: Array(payload.dropFirst(16)), tenant: tenant)
        else { throw .foreign }
        guard now < claim.expiresAt else { throw .expired }
        return claim
    }

    private func tag(of payload: [UInt8], _ secret: Secret<[UInt8]>) -> [UInt8] {
        let key = cryptography.hmacSHA256(Array("playback".utf8) + tenant.uuid.bytes, key: secret.reveal())
        return cryptography.hmacSHA256(payload, key: key)
    }
}

extension RequestContext {
    private var playbackTickets: PlaybackTickets {
        PlaybackTickets(
            cryptography: services.cryptography,
            secret: services.cursorSecret,
            earlierSecrets: services.earlierCursorSecrets,
            tenant: tenant.id
        )
    }

    /// Makes the ticket of whoever asks.
    ///
    /// - Throws: `.personRequired` for programs.
    func playbackTicket(for medium: MediaItem.ID) throws(Problem) -> (text: String, expiresAt: Date) {
        playbackTickets.make(for: medium, try requireClaim(), at: clock.now())
    }

    /// Who plays a medium: whoever the ticket is for, or who asks if there is none.
    ///
    /// - Throws: As if there were no such medium for a ticket of another medium, tenant or user than the one who asks;
    ///   `.playbackExpired` if it, or the sign-in, is over.
    func player(of medium: MediaItem.ID, _ ticket: String?) async throws -> TenantReader {
        guard let ticket else { return reader }
        let claim: SessionClaim
        do throws(PlaybackTickets.Refusal) {
            claim = try playbackTickets.open(ticket, for: medium, at: clock.now())
        } catch {
            switch error {
            case .foreign: throw MediaError.notFound
            case .expired: throw Problem(.playbackExpired)
            }
        }
        // Whoever is signed in otherwise was given somebody else's address.
        if let own = principal.user ?? principal.service, own.uuid != claim.user.uuid { throw MediaError.notFound }
        do throws(AuthenticationError) {
            let authentication = try await services.renew(claim, tenant, host.client.text)
            // Since then a second factor is asked for.
            if authentication.token.isLimited { throw AuthenticationError.expired }
            return tenants.reader(for: tenant.id, as: authentication.principal)
        } catch {
            switch error {
            case .invalid, .expired: throw Problem(.playbackExpired)
            case .policy, .database: throw error.problem
            }
        }
    }
}
