// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets people show that a telephone number is theirs, by a code that is sent to it; then they sign in with it.
///
/// A number belongs to one account: whoever shows it last loses against whoever showed it first.
public struct Phones: Sendable {
    let factors: SecondFactors
    let audit: Audit

    /// How long a code is good, in seconds.
    static let codeLifetime: TimeInterval = 600
    /// How long somebody waits for the next code, in seconds.
    static let pause: TimeInterval = 60
    /// How many codes somebody gets in a day: each costs money, and premium numbers earn it.
    static let dailyRequests = 5
    /// How many codes are sent to one number in a day, by whichever accounts: who makes many cannot pester one, nor cost without end.
    static let dailyNumberRequests = 10
    /// How many wrong codes end a code.
    static let guesses = 5

    /// Queues a message with a code to a number; a code from before is good for nothing.
    ///
    /// One a minute and some in a day, for the account and for the number.
    ///
    /// - Parameters:
    ///   - phone: The number.
    ///   - principal: Whoever is signed in.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Throws: `PhoneError.tooSoon`; `.keys`; `.database`.
    public func request(
        _ phone: PhoneNumber,
        as principal: Principal,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(PhoneError) {
        do {
            guard let user = principal.user else { throw PhoneError.invalidCode }
            let ring = try await factors.keys.ring(of: tenant, tenants: tenants)
            let (code, now) = (factors.newCode(), factors.clock.now())
            let id: PhoneProof.ID = factors.identifiers.next()
            let hash = factors.hash(of: code, for: id.description, ring: ring)
            try await tenants.transaction(for: tenant, as: principal) { session in
                let key = try await factors.tenantKeys.current(session: session)
                let number = Bytes(
                    factors.cryptography.hmacSHA256(
                        Array(phone.text.utf8),
                        key: key.derive("phone_requests.number_hash").reveal()
                    )
                )
                let counted = try await session.batch([
                    .deletePhoneRequests(before: now.addingTimeInterval(-86_400)), .countPhoneRequest(number, at: now),
                ])
                guard counted[1].only != nil else { throw PhoneError.tooSoon(seconds: Int(Phones.pause)) }
                let sealed = try key.seal(Secret(Array(code.reveal().utf8)), for: PhoneProof.purpose(id))
                let asked = try await session.execute(
                    .requestPhoneProof(id, of: user, phone, hash: hash, key: key.id, sealed: Bytes(sealed), at: now)
                )
                guard asked.only != nil else { throw PhoneError.tooSoon(seconds: Int(Phones.pause)) }
                try await session.batch([
                    .enqueueJob(.sms, id.uuid, at: now),
                    audit.recording(AuditEvent("user.phone_requested", on: user), by: principal),
                ])
            }
        } catch {
            throw PhoneError(error)
        }
    }

    /// Takes a code as the proof that the number is theirs; they sign in with it from now on.
    ///
    /// - Parameters:
    ///   - typed: The code.
    ///   - principal: Whoever is signed in.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Throws: `PhoneError.invalidCode`; `.taken`; `.keys`; `.database`.
    public func confirm(
        _ typed: Secret<String>,
        as principal: Principal,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(PhoneError) {
        do {
            guard let user = principal.user else { throw PhoneError.invalidCode }
            let ring = try await factors.keys.ring(of: tenant, tenants: tenants)
            let now = factors.clock.now()
            // A wrong code is counted, so it is no error within the transaction.
            let isGood = try await tenants.transaction(for: tenant, as: principal) { session in
                guard let row = try await session.execute(.lockPhoneProof(of: user, at: now)).only else { return false }
                let id: PhoneProof.ID = try row["id"]
                let stored: Bytes = try row["code_hash"]
                let hash = factors.hash(of: typed, for: id.description, ring: ring)
                guard factors.cryptography.areEqual(hash.array, stored.array) else {
                    try await session.execute(.countWrongPhoneCode(id))
                    return false
                }
                try await session.batch([
                    .takePhone(try row["phone"], of: user, at: now), .endPhoneProof(id, at: now),
                    audit.recording(AuditEvent("user.phone_verified", on: user), by: principal),
                    factors.identifiers.recordingChange(.phone, of: user, by: principal, at: now),
                ])
                return true
            }
            guard isGood else { throw PhoneError.invalidCode }
        } catch {
            throw PhoneError(error)
        }
    }
}

/// A number that somebody says is theirs.
package enum PhoneProof {
    package typealias ID = Identifier<PhoneProof>

    static func purpose(_ id: ID) -> String { "phone_proofs.sealed_code:\(id)" }
}
