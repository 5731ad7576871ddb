// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What stands in an address in place of an access token, where a client cannot send fields: it opens streams for a minute and nothing else.
///
/// A ticket is bound to its tenant by the key, and to the user and their sign-in by what it says; every use reads whether that sign-in
/// still stands. It can be used again within its minute, because a browser's `EventSource` comes back to the same address by itself.
struct StreamTickets: Sendable {
    let cryptography: any Cryptography
    /// What each tenant's key is derived from.
    let secret: Secret<[UInt8]>
    /// The same before the secret was changed.
    let earlierSecrets: [Secret<[UInt8]>]
    let tenant: TenantID

    /// How long a ticket is good, in seconds.
    static let lifetime: TimeInterval = 60
    private static let length = 8 + SessionClaim.length + 32

    /// Makes a ticket.
    ///
    /// - Parameters:
    ///   - claim: Whose sign-in it is for.
    ///   - now: The time.
    /// - Returns: The ticket, and when it is over: not after the token that it is made for.
    func make(for claim: SessionClaim, at now: Date) -> (text: String, expiresAt: Date) {
        let end = min(now.addingTimeInterval(StreamTickets.lifetime), claim.expiresAt)
        let seconds = UInt64(max(0, end.timeIntervalSince1970))
        var payload = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: seconds >> UInt64($0)) }
        payload += claim.bytes
        let text = Base64URL.encode(payload + tag(of: payload, secret))
        return (text, Date(timeIntervalSince1970: Double(seconds)))
    }

    /// Reads a ticket.
    ///
    /// - Throws: `.invalid` if it is none of this tenant's; `.expired` if its minute is over.
    func open(_ text: String, at now: Date) throws(AuthenticationError) -> SessionClaim {
        guard text.utf8.count < 200, let bytes = Base64URL.decode(text), bytes.count == StreamTickets.length else {
            throw .invalid
        }
        let payload = Array(bytes.dropLast(32))
        let tag = Array(bytes.suffix(32))
        guard ([secret] + earlierSecrets).contains(where: { cryptography.areEqual(tag, self.tag(of: payload, $0)) }),
            let claim = SessionClaim(bytes: Array(payload.dropFirst(8)), tenant: tenant)
        else { throw .invalid }
        let end = payload.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard now.timeIntervalSince1970 < Double(end) else { throw .expired }
        return claim
    }

    private func tag(of payload: [UInt8], _ secret: Secret<[UInt8]>) -> [UInt8] {
        let key = cryptography.hmacSHA256(Array("stream".utf8) + tenant.uuid.bytes, key: secret.reveal())
        return cryptography.hmacSHA256(payload, key: key)
    }
}

extension HostServices {
    /// The tickets of a tenant's streams.
    func streamTickets(of tenant: TenantID) -> StreamTickets {
        StreamTickets(
            cryptography: cryptography,
            secret: cursorSecret,
            earlierSecrets: earlierCursorSecrets,
            tenant: tenant
        )
    }
}
