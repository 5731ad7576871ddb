// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Operators {
    /// Signs an operator in with a password and a one-time code at once.
    ///
    /// Whatever is wrong, the answer is the same and takes as long. A code is good once.
    ///
    /// - Parameters:
    ///   - email: The address they typed.
    ///   - password: The password they typed.
    ///   - code: The code they typed.
    ///   - origin: Where the call came from.
    /// - Returns: The session and its token, which is stored as a digest only.
    /// - Throws: `OperatorError.invalidCredentials`; `.throttled`; `.busy`; `.keys`; `.database`.
    public func signIn(
        _ email: String,
        password: Secret<String>,
        code: String,
        from origin: RequestOrigin
    ) async throws(OperatorError) -> (session: OperatorSession, token: Secret<String>) {
        let now = clock.now()
        let account = email.prefix(254).lowercased()
        do {
            try await throttle.attempt(account, at: Operators.place, from: origin.address, now: now)
        } catch {
            if case .throttled(let seconds) = error { throw .throttled(seconds: seconds) }
            throw .invalidCredentials
        }
        let found = try await credentials(email)
        let verdict: PasswordVerdict
        do {
            verdict = try await passwords.verify(password, against: found?.hash.reveal())
        } catch {
            throw .busy
        }
        guard let found, verdict != .mismatch, found.operator.status == .active else {
            try await refuse(found?.operator.id, from: origin)
        }
        let factor = try openFactor(found.sealed, of: found.operator.id, masterKey: found.masterKey)
        let counter = TOTP(factor).step(of: code, at: now, after: found.counter, cryptography)
        guard let counter else {
            try await write([.countWrongCode(of: found.operator.id, limit: Operators.wrongCodeLimit)])
            try await refuse(found.operator.id, from: origin)
        }
        let token = Operators.tokenPrefix + Base64URL.encode(cryptography.randomBytes(32))
        let session = OperatorSession(
            id: identifiers.next(),
            operator: found.operator,
            expiresAt: now.addingTimeInterval(Double(Operators.sessionLifetime))
        )
        // Of two who use one code at once, the row's lock lets one in.
        let started = try await write([.startSession(session, tokenHash: hash(token), counter: counter, at: now)])
        guard started.first?.only != nil else { try await refuse(found.operator.id, from: origin) }
        await throttle.succeed(account, at: Operators.place, from: origin.address)
        try await write([
            recording("operator.signed_in", on: session.id.uuid, by: found.operator.id, from: origin)
        ])
        return (session, Secret(token))
    }

    /// Says whose a token is.
    ///
    /// Nothing is remembered: a session that was ended is good for nothing from that moment.
    ///
    /// - Parameter token: The token that was shown.
    /// - Returns: The session.
    /// - Throws: `OperatorError.sessionOver`; `.database`.
    public func authenticate(_ token: String) async throws(OperatorError) -> OperatorSession {
        guard token.hasPrefix(Operators.tokenPrefix), token.utf8.count < 100 else { throw .sessionOver }
        let now = clock.now()
        let idle = now.addingTimeInterval(-Double(Operators.idleLifetime))
        do {
            let rows = try await control.read(
                [.selectSession(tokenHash: hash(token), at: now, usedSince: idle)],
                scope: .control
            )
            guard let row = rows.first?.only else { throw OperatorError.sessionOver }
            var fields = RowFields(row)
            let id: OperatorSession.ID = try fields.next()
            let end: Date = try fields.next()
            let last: Date = try fields.next()
            let session = OperatorSession(id: id, operator: try Operator(fields: &fields), expiresAt: end)
            // Once a minute is often enough to know that it is used.
            if now.timeIntervalSince(last) >= 60 { try await write([.touchSession(id, at: now)]) }
            return session
        } catch let error as OperatorError {
            throw error
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .database(.cancelled)
        }
    }

    /// Ends a session.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - origin: Where the call came from.
    /// - Throws: `OperatorError.database`.
    public func signOut(_ session: OperatorSession, from origin: RequestOrigin?) async throws(OperatorError) {
        try await write([
            .revokeSession(session.id, at: clock.now()),
            recording("operator.signed_out", on: session.id.uuid, by: session.operator.id, from: origin),
        ])
    }

    private struct Credentials {
        let `operator`: Operator
        let hash: Secret<String>
        let masterKey: String
        let sealed: Bytes
        let counter: Int
    }

    private func credentials(_ email: String) async throws(OperatorError) -> Credentials? {
        guard let email = Email(email) else { return nil }
        do {
            let rows = try await control.read([.selectCredentials(email)], scope: .control)
            return try rows.first?.only.map { row throws(DatabaseError) in
                var fields = RowFields(row)
                let found = try Operator(fields: &fields)
                let hash: String = try fields.next()
                return Credentials(
                    operator: found,
                    hash: Secret(hash),
                    masterKey: try fields.next(),
                    sealed: try fields.next(),
                    counter: try fields.next()
                )
            }
        } catch {
            throw .database(error)
        }
    }

    private func refuse(_ id: Operator.ID?, from origin: RequestOrigin) async throws(OperatorError) -> Never {
        try await write([
            recording("operator.sign_in", on: nil, by: id, from: origin, outcome: "refused")
        ])
        throw .invalidCredentials
    }

    private func hash(_ token: String) -> Bytes { Bytes(cryptography.sha256(Array(token.utf8))) }

    /// What leads every token, so that one that was lost is recognized.
    private static let tokenPrefix = "lmso_"
    /// Where attempts are counted that are made at no tenant.
    private static let place = TenantID(UUID(high: 0, low: 0))
}
