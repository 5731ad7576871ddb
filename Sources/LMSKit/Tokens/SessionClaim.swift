// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Whose sign-in something goes on with that outlives the request which began it, such as a stream of events.
///
/// It comes from a verified access token and says nothing of what the user may do: that is read anew.
public struct SessionClaim: Sendable, Hashable {
    /// Whose it is.
    public let tenant: TenantID
    /// Who signed in.
    public let user: User.ID
    /// The sign-in, or the impersonation of an operator who acts as the user.
    public let session: SignInSession.ID
    /// The platform operator who acts as the user, if one does.
    public let actor: Principal.ID?
    /// The user's epoch when the token was made.
    let epoch: Int
    /// When the token is over, in UTC, to the second.
    public let expiresAt: Date
}

extension AccessToken {
    /// Whose sign-in it came of.
    public var claim: SessionClaim {
        SessionClaim(
            tenant: tenant,
            user: user,
            session: session,
            actor: actor,
            epoch: epoch,
            expiresAt: expiresAt
        )
    }
}

extension SessionClaim {
    /// The same for what goes on longer than the token that began it, and reads at each use whether the sign-in still stands.
    ///
    /// - Parameter end: When it is over.
    /// - Returns: The claim.
    package func lasting(until end: Date) -> SessionClaim {
        SessionClaim(tenant: tenant, user: user, session: session, actor: actor, epoch: epoch, expiresAt: end)
    }

    /// How many bytes `bytes` are.
    package static let length = 64

    /// The claim without its tenant, to be signed with a key of the tenant's.
    package var bytes: [UInt8] {
        var bytes = user.uuid.bytes + session.uuid.bytes
        bytes += actor?.uuid.bytes ?? Array(repeating: 0, count: 16)
        for number in [Int64(epoch), Int64(expiresAt.timeIntervalSince1970)] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return bytes
    }

    /// Reads what `bytes` gave, after its signature was checked.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - tenant: Whose key signed them.
    package init?(bytes: [UInt8], tenant: TenantID) {
        guard bytes.count == SessionClaim.length else { return nil }
        func identifier(_ start: Int) -> UUID { UUID(bytes: Array(bytes[start..<start + 16]).span) }
        func number(_ start: Int) -> Int64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) } }
        self.tenant = tenant
        user = User.ID(identifier(0))
        session = SignInSession.ID(identifier(16))
        let hasActor = bytes[32..<48].contains { $0 != 0 }
        actor = hasActor ? Principal.ID(identifier(32)) : nil
        epoch = Int(number(48))
        expiresAt = Date(timeIntervalSince1970: Double(number(56)))
    }
}
