// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
package import LMSTenancy

/// What became of a code; a refusal is no error here, because what it counts for must be committed.
enum CodeVerdict: Sendable, Equatable {
    case good(AuthenticationMethod)
    case bad
    case throttled(seconds: Int)

    func requireGood() throws(FactorError) {
        switch self {
        case .good: return
        case .bad: throw .invalidCode
        case .throttled(let seconds): throw .throttled(seconds: seconds)
        }
    }
}

extension SecondFactors {
    /// Looks at a code of any of a user's factors; its form tells of which.
    ///
    /// - Parameters:
    ///   - typed: 6 digits of an app, 8 digits that were sent, or a recovery code.
    ///   - user: Whose it should be.
    ///   - sent: What was sent for the challenge that it answers, and the challenge.
    ///   - ring: The tenant's keys.
    ///   - session: The tenant's open transaction; the caller commits it whatever the verdict.
    /// - Returns: Whether it is good, and what it was.
    /// - Throws: `KeyError`; `DatabaseError`.
    func check(
        _ typed: String,
        of user: User.ID,
        sent: (hash: Bytes, challenge: Bytes)? = nil,
        ring: KeyRing,
        session: borrowing TenantSession
    ) async throws -> CodeVerdict {
        let code = String(decoding: typed.utf8.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        if let recovery = RecoveryCode(code) {
            let use = SQL.useRecoveryCode(recovery.hash(cryptography), of: user, at: clock.now())
            return try await session.execute(use).affected == 1 ? .good(.recoveryCode) : .bad
        }
        guard code.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return .bad }
        if code.utf8.count == SecondFactors.codeDigits {
            guard let factor = try await lock(.email, of: user, isConfirmed: true, session: session) else {
                return .bad
            }
            return try await judge(code, factor, .email, user, sent: sent, ring: ring, session: session)
        }
        guard let factor = try await lock(.totp, of: user, isConfirmed: true, session: session) else { return .bad }
        return try await judge(code, factor, .totp, user, ring: ring, session: session)
    }

    /// Looks at a code of one factor, and notes what came of it: wrong ones are counted over all challenges.
    func judge(
        _ typed: String,
        _ factor: StoredFactor,
        _ kind: FactorKind,
        _ user: User.ID,
        sent: (hash: Bytes, challenge: Bytes)? = nil,
        ring: KeyRing,
        session: borrowing TenantSession
    ) async throws -> CodeVerdict {
        let now = clock.now()
        if let retryAt = factor.retryAt, retryAt > now {
            return .throttled(seconds: max(1, Int(retryAt.timeIntervalSince(now).rounded(.up))))
        }
        let code = String(decoding: typed.utf8.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        var isGood = false
        var step: Int?
        switch kind {
        case .totp:
            let totp = TOTP(try await open(factor, of: user, session: session))
            step = totp.step(of: code, at: now, after: factor.lastStep, cryptography)
            isGood = step != nil
        case .email:
            let scope = sent.map { Base64URL.encode($0.challenge.array) } ?? factor.id.description
            let hash = hash(of: Secret(code), for: scope, ring: ring)
            if let sent {
                isGood = cryptography.areEqual(hash.array, sent.hash.array)
            } else if let stored = factor.codeHash, let end = factor.codeExpiresAt, end > now {
                isGood = cryptography.areEqual(hash.array, stored.array)
            }
        case .recoveryCode: break
        }
        guard isGood else {
            let excess = factor.failures + 1 - SecondFactors.freeFailures
            let wait = excess < 0 ? 0 : min(SecondFactors.longestWait, Double(1 << min(excess, 10)))
            try await session.execute(.refuseCode(of: factor.id, until: now.addingTimeInterval(wait)))
            return .bad
        }
        try await session.execute(.acceptCode(of: factor.id, step: step, at: now))
        return .good(kind == .totp ? .oneTimeCode : .emailedCode)
    }

    func lock(
        _ kind: FactorKind,
        of user: User.ID,
        isConfirmed: Bool,
        session: borrowing TenantSession
    ) async throws(DatabaseError) -> StoredFactor? {
        let row = try await session.execute(.lockFactor(kind, of: user, isConfirmed: isConfirmed)).only
        return try row.map { row throws(DatabaseError) in try StoredFactor(row: row) }
    }

    private func open(
        _ factor: StoredFactor,
        of user: User.ID,
        session: borrowing TenantSession
    ) async throws -> Secret<[UInt8]> {
        for row in try await session.execute(.selectTenantKeys()) {
            let id: TenantKey.ID = try row["id"]
            guard id == factor.key, let sealed = factor.sealed else { continue }
            return try await tenantKeys.open(row, of: session.tenant)
                .open(sealed.array, for: SecondFactors.purpose(user))
        }
        throw KeyError.unusable
    }

    /// What is stored of a code that was sent, for what plants one.
    package func hash(
        of code: Secret<String>,
        for scope: String,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws -> Bytes {
        hash(of: code, for: scope, ring: try await keys.ring(of: tenant, tenants: tenants))
    }

    /// How many digits a code has that is sent.
    static let codeDigits = 8

    /// A code to be sent.
    func newCode() -> Secret<String> {
        let number = cryptography.randomBytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 100_000_000
        let text = String(number)
        return Secret(String(repeating: "0", count: SecondFactors.codeDigits - text.count) + text)
    }

    /// What is stored of a code that was sent: nobody who has the database alone can try all codes against it.
    func hash(of code: Secret<String>, for scope: String, ring: KeyRing) -> Bytes {
        Bytes(
            cryptography.hmacSHA256(
                Array("emailed-code:\(scope):\(code.reveal())".utf8),
                key: ring.codeSecret.reveal()
            )
        )
    }
}
