// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// The people who run the platform, in the control database.
///
/// There is no session without a second factor: an account is made together with the secret of its one-time codes, and the
/// first sign-in with a code of it completes the enrollment.
public struct Operators: Sendable {
    /// How long a session lasts that is used, in seconds.
    public static let sessionLifetime = 8 * 3_600
    /// How long a session lasts that is not used, in seconds.
    public static let idleLifetime = 15 * 60
    /// After so many wrong codes in a row, each after the right password, the account is disabled.
    static let wrongCodeLimit = 10
    let control: any Database
    let masterKeys: MasterKeys
    let passwords: Passwords
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let throttle: SignInThrottle

    init(
        control: any Database,
        masterKeys: MasterKeys,
        passwords: Passwords,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource,
        attempts: (any AttemptLedger)? = nil
    ) {
        throttle = SignInThrottle(sharing: attempts)
        self.control = control
        self.masterKeys = masterKeys
        self.passwords = passwords
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
    }

    /// What an operator needs to sign in; shown once and stored nowhere in this form.
    public struct Login: Sendable {
        /// Who.
        public let `operator`: Operator
        /// Their password.
        public let password: Secret<String>
        /// What their authenticator app reads (`otpauth` URI).
        public let enrollment: Secret<String>
    }

    /// Makes an operator, for the command line.
    ///
    /// - Parameters:
    ///   - email: The address to sign in with.
    ///   - name: What tenants see of them, 1–100 characters.
    ///   - role: What they may do.
    /// - Returns: What they need to sign in.
    /// - Throws: `OperatorError.emailTaken`; `.busy`; `.keys`; `.database`.
    public func create(
        _ email: Email,
        name: String,
        role: PlatformRole
    ) async throws(OperatorError) -> Login {
        let new = Operator(id: identifiers.next(), email: email, name: name, role: role)
        let secrets = try await newSecrets(for: new.id)
        try await write([
            .insertOperator(new, secrets, at: clock.now()),
            recording("operator.created", on: new.id.uuid),
        ])
        return login(new, secrets)
    }

    /// Gives an operator a new password and a new secret, enables the account and ends every session.
    ///
    /// - Parameter email: Whose.
    /// - Returns: What they need to sign in.
    /// - Throws: `OperatorError.notFound`; `.busy`; `.keys`; `.database`.
    public func reset(_ email: Email) async throws(OperatorError) -> Login {
        guard let found = try await find(email) else { throw .notFound }
        let secrets = try await newSecrets(for: found.id)
        try await write([
            .resetOperator(found.id, secrets, at: clock.now()), .revokeSessions(of: found.id, at: clock.now()),
            recording("operator.reset", on: found.id.uuid),
        ])
        return login(found, secrets)
    }

    /// Lets an operator sign in or not; one who may not loses every session with this call.
    ///
    /// - Parameters:
    ///   - status: Whether they may.
    ///   - email: Who.
    /// - Returns: The operator as they were, and the impersonations that are to be ended in their tenants.
    /// - Throws: `OperatorError.notFound`; `.database`.
    public func setStatus(
        _ status: Operator.Status,
        of email: Email
    ) async throws(OperatorError) -> (operator: Operator, open: [(Impersonation.ID, TenantID)]) {
        guard let found = try await find(email) else { throw .notFound }
        let now = clock.now()
        var statements: [SQL] = [.setOperatorStatus(status, of: found.id, at: now)]
        if status == .disabled { statements.append(.revokeSessions(of: found.id, at: now)) }
        statements.append(
            status == .disabled
                ? recording("operator.disabled", on: found.id.uuid) : recording("operator.enabled", on: found.id.uuid)
        )
        try await write(statements)
        guard status == .disabled else { return (found, []) }
        do {
            let rows = try await control.read([.selectOpenImpersonations(of: found.id, at: now)], scope: .control)
            let open = try rows.first?.map { row throws(DatabaseError) in
                (try row[0] as Impersonation.ID, try row[1] as TenantID)
            }
            return (found, open ?? [])
        } catch {
            throw .database(error)
        }
    }

    /// Lists the operators by address.
    ///
    /// - Returns: All of them; there are few.
    /// - Throws: `OperatorError.database`.
    public func list() async throws(OperatorError) -> [Operator] {
        try await operators(.selectOperators())
    }

    /// Writes down in which tenant an operator begins to act as somebody, before they do.
    ///
    /// - Parameters:
    ///   - id: What the impersonation is called.
    ///   - session: Who.
    ///   - tenant: Where.
    ///   - minutes: For how long.
    ///   - origin: Where the call came from.
    /// - Throws: `OperatorError.database`.
    public func beginImpersonation(
        _ id: Impersonation.ID,
        by session: OperatorSession,
        at tenant: TenantID,
        minutes: Int,
        from origin: RequestOrigin?
    ) async throws(OperatorError) {
        let end = clock.now().addingTimeInterval(Double(minutes) * 60)
        try await write([
            .insertOpenImpersonation(id, of: session.operator.id, at: tenant, until: end),
            recording("impersonation.requested", on: id.uuid, by: session.operator.id, at: tenant, from: origin),
        ])
    }

    private func find(_ email: Email) async throws(OperatorError) -> Operator? {
        try await operators(.selectOperator(email)).first
    }

    private func operators(_ statement: SQL) async throws(OperatorError) -> [Operator] {
        do {
            return try await control.read([statement], scope: .control).first?.map { row throws(DatabaseError) in
                var fields = RowFields(row)
                return try Operator(fields: &fields)
            } ?? []
        } catch {
            throw .database(error)
        }
    }

    @discardableResult
    func write(_ statements: [SQL]) async throws(OperatorError) -> [Rows] {
        do {
            return try await control.write(statements, scope: .control)
        } catch {
            throw OperatorError(error)
        }
    }

    private func login(_ operator: Operator, _ secrets: OperatorSecrets) -> Login {
        Login(
            operator: `operator`,
            password: secrets.password,
            enrollment: TOTP(secrets.factor).uri(issuer: "LMS platform", account: `operator`.email.address)
        )
    }

    private func newSecrets(for id: Operator.ID) async throws(OperatorError) -> OperatorSecrets {
        let password = Secret(Base64URL.encode(cryptography.randomBytes(18)))
        let factor = Secret(cryptography.randomBytes(20))
        do {
            return OperatorSecrets(
                password: password,
                hash: try await passwords.hash(password),
                factor: factor,
                masterKey: masterKeys.current.name,
                sealed: Bytes(try seal(factor, for: id))
            )
        } catch is PasswordHashingError {
            throw .busy
        } catch {
            throw .keys
        }
    }

    func seal(_ factor: Secret<[UInt8]>, for id: Operator.ID) throws(CryptographyError) -> [UInt8] {
        try cryptography.seal(
            factor.reveal(),
            key: platformKey(masterKeys.current),
            context: Operators.context(id)
        )
    }

    func openFactor(_ sealed: Bytes, of id: Operator.ID, masterKey name: String) throws(OperatorError) -> Secret<
        [UInt8]
    > {
        guard let master = masterKeys.key(named: name) else { throw .keys }
        do {
            let bytes = try cryptography.open(sealed.array, key: platformKey(master), context: Operators.context(id))
            return Secret(bytes)
        } catch {
            throw .keys
        }
    }

    /// The platform's own key, which tells nothing about the master key that it comes from.
    private func platformKey(_ master: MasterKey) -> [UInt8] {
        cryptography.hmacSHA256(Array("lms platform".utf8), key: master.secret.reveal())
    }

    private static func context(_ id: Operator.ID) -> [UInt8] { Array("lms:operator-factor:\(id)".utf8) }
}

/// What an operator signs in with, as it is made.
struct OperatorSecrets: Sendable {
    let password: Secret<String>
    let hash: PasswordHash
    let factor: Secret<[UInt8]>
    let masterKey: String
    let sealed: Bytes
}
