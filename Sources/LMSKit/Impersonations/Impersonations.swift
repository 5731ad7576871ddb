// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets the platform's operators act as users where the tenant allows it, and lets the tenant see and end that.
public struct Impersonations: Sendable {
    /// How long one lasts at most, in minutes.
    public static let longest = 60
    private let tokens: AccessTokens
    private let keys: SigningKeys
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let audit: Audit

    init(tokens: AccessTokens, keys: SigningKeys, clock: WallClock, identifiers: IdentifierSource, audit: Audit) {
        self.tokens = tokens
        self.keys = keys
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// What an operator asks for.
    public struct Request: Sendable {
        /// As whom they would act.
        public let user: User.ID
        /// Why, 10–500 characters.
        public let reason: String
        /// For how long, 1–60 minutes.
        public let minutes: Int
        /// To do what.
        public let access: Impersonation.Access

        /// Describes a request.
        ///
        /// - Parameters:
        ///   - user: As whom they would act.
        ///   - reason: Why.
        ///   - minutes: For how long.
        ///   - access: To do what.
        public init(user: User.ID, reason: String, minutes: Int, access: Impersonation.Access) {
            self.user = user
            self.reason = reason
            self.minutes = minutes
            self.access = access
        }
    }

    /// Begins to act as a user; the audit log of the tenant says so in the same transaction.
    ///
    /// - Parameters:
    ///   - request: What is asked for.
    ///   - id: What it is to be called, as the platform has written it down.
    ///   - operator: Who asks; that they may is the caller's to check.
    ///   - tenant: The tenant, as the directory has it at this moment.
    ///   - origin: Where the call came from.
    ///   - tenants: Opens the transaction.
    /// - Returns: The impersonation, the access token (RFC 8693 §4.1: its `act` is the operator) and how many seconds that
    ///   is good. There is no refresh token.
    /// - Throws: `ImpersonationError.noConsent`; `.noReason`; `.badDuration`; `.userNotFound`; `.userInactive`; `.keys`;
    ///   `.database`.
    public func begin(
        _ request: Request,
        as id: Impersonation.ID,
        by operator: Operator,
        at tenant: Tenant,
        from origin: RequestOrigin?,
        tenants: Tenants
    ) async throws(ImpersonationError) -> (impersonation: Impersonation, token: Secret<String>, seconds: Int) {
        let settings = tenant.settings
        guard settings.impersonation, request.access == .read || settings.impersonationWrites else { throw .noConsent }
        guard (10...500).contains(request.reason.unicodeScalars.count) else { throw .noReason }
        guard (1...Impersonations.longest).contains(request.minutes) else { throw .badDuration }
        let actor = Principal.ID(`operator`.id.uuid)
        let principal = Principal(.system("platform"), grants: Grants(), impersonator: actor, origin: origin)
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let begun = Impersonation(
            id: id,
            user: request.user,
            operator: actor,
            operatorName: `operator`.name,
            reason: request.reason,
            access: request.access,
            beganAt: now,
            expiresAt: now.addingTimeInterval(Double(request.minutes) * 60),
            endedAt: nil
        )
        do {
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            let (roles, epoch) = try await tenants.transaction(for: tenant.id, as: principal) { session in
                guard let row = try await session.execute(.lockImpersonated(request.user)).only else {
                    throw ImpersonationError.userNotFound
                }
                let status: User.Status = try row[0]
                let roles: [Role.Name] = try row[2]
                guard status == .active else { throw ImpersonationError.userInactive }
                guard settings.impersonationOfOwners || !roles.contains(Role.Name(.owner)) else {
                    throw ImpersonationError.noConsent
                }
                try await session.batch([
                    .insertImpersonation(begun),
                    audit.recording(AuditEvent("impersonation.began", on: id), by: principal),
                ])
                let epoch: Int = try row[1]
                return (roles, epoch)
            }
            let token = try tokens.issue(for: begun, roles: roles, tenant: tenant.id, epoch: epoch, ring: ring)
            return (begun, token.text, token.lifetimeInSeconds)
        } catch let error as KeyError {
            throw .keys(error)
        } catch let error as ImpersonationError {
            throw error
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .database(.cancelled)
        }
    }

    /// Lists the latest impersonations, the newest first.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: How many at most.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `ImpersonationError.forbidden` without `impersonation:read`.
    public func list(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ImpersonationError) -> Page<Impersonation> {
        guard reader.principal.may(.impersonationRead, on: .foreign) else { throw .forbidden }
        return try await ImpersonationError.translating {
            let rows = try await reader.read(
                .listImpersonations(after: position.map { Impersonation.ID($0.id) }, limit: limit.withProbe)
            )
            return Page(cutting: try rows.map(Impersonation.init(row:)), limit: limit.count) {
                PagePosition(order: "newest", id: $0.id.uuid)
            }
        }
    }

    /// Reads the impersonation that a token is of.
    ///
    /// - Parameters:
    ///   - id: The impersonation.
    ///   - reader: Who acts.
    /// - Returns: It, or `nil` unless the reader acts by it.
    /// - Throws: `ImpersonationError.database`.
    public func current(_ id: Impersonation.ID, reader: TenantReader) async throws(ImpersonationError) -> Impersonation?
    {
        guard let actor = reader.principal.impersonator else { return nil }
        return try await ImpersonationError.translating {
            let found = try await reader.read(.selectImpersonation(id)).only.map(Impersonation.init(row:))
            return found?.operator == actor ? found : nil
        }
    }

    /// Ends an impersonation for the tenant; within a second its token is good for nothing.
    ///
    /// - Parameters:
    ///   - id: The impersonation. Nothing happens if it has ended.
    ///   - session: The tenant's open transaction.
    /// - Throws: `ImpersonationError.notFound`; `.forbidden` without `impersonation:end`.
    public func end(_ id: Impersonation.ID, session: borrowing TenantSession) async throws(ImpersonationError) {
        guard session.principal.may(.impersonationEnd, on: .foreign) else {
            throw session.principal.may(.impersonationRead, on: .foreign) ? .forbidden : .notFound
        }
        try await end(id, by: "tenant", operator: nil, session: session)
    }

    /// Ends an operator's own impersonation, or that of an operator who was disabled.
    ///
    /// - Parameters:
    ///   - id: The impersonation. Nothing happens if it has ended.
    ///   - operator: Whose it must be.
    ///   - tenant: Where.
    ///   - origin: Where the call came from.
    ///   - tenants: Opens the transaction.
    /// - Throws: `ImpersonationError.notFound` if there is none of this operator's.
    public func end(
        _ id: Impersonation.ID,
        of operator: Operator.ID,
        at tenant: TenantID,
        from origin: RequestOrigin?,
        tenants: Tenants
    ) async throws(ImpersonationError) {
        let actor = Principal.ID(`operator`.uuid)
        let principal = Principal(.system("platform"), grants: Grants(), impersonator: actor, origin: origin)
        try await ImpersonationError.translating {
            try await tenants.transaction(for: tenant, as: principal) { session in
                try await end(id, by: "operator", operator: actor, session: session)
            }
        }
    }

    private func end(
        _ id: Impersonation.ID,
        by whom: String,
        operator: Principal.ID?,
        session: borrowing TenantSession
    ) async throws(ImpersonationError) {
        do {
            let replies = try await session.batch([
                .endImpersonation(id, by: whom, of: `operator`, at: clock.now()), .selectImpersonation(id),
            ])
            let found = try replies[1].only.map { row throws(DatabaseError) in try Impersonation(row: row) }
            guard let found, `operator` == nil || found.operator == `operator` else {
                throw ImpersonationError.notFound
            }
            guard replies[0].affected == 1 else { return }
            try await audit.record(AuditEvent("impersonation.ended", on: id), session: session)
        } catch let error as ImpersonationError {
            throw error
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .database(.cancelled)
        }
    }
}

extension SQL {
    fileprivate static var impersonationColumns: SQL {
        "id, user_id, operator_id, operator_name, reason, access, began_at, expires_at, ended_at"
    }

    /// Keeps the user and what they hold as they are until the transaction ends.
    fileprivate static func lockImpersonated(_ user: User.ID) -> SQL {
        """
        SELECT u.status, u.token_epoch,
            ARRAY(SELECT coalesce(ur.built_in, r.name) FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id ORDER BY 1)
        FROM users u WHERE u.id = \(user) FOR SHARE OF u
        """
    }

    fileprivate static func insertImpersonation(_ new: Impersonation) -> SQL {
        """
        INSERT INTO impersonations (\(.impersonationColumns))
        VALUES (\(new.id), \(new.user), \(new.operator), \(new.operatorName), \(new.reason), \(new.access),
                \(new.beganAt), \(new.expiresAt), NULL)
        """
    }

    fileprivate static func listImpersonations(after id: Impersonation.ID?, limit: Int) -> SQL {
        """
        SELECT \(.impersonationColumns) FROM impersonations
        WHERE (\(id) IS NULL OR id < \(id)) ORDER BY id DESC LIMIT \(limit)
        """
    }

    /// When somebody was acted as.
    static func selectImpersonations(of user: User.ID) -> SQL {
        "SELECT \(.impersonationColumns) FROM impersonations WHERE user_id = \(user) ORDER BY id"
    }

    fileprivate static func selectImpersonation(_ id: Impersonation.ID) -> SQL {
        "SELECT \(.impersonationColumns) FROM impersonations WHERE id = \(id)"
    }

    fileprivate static func endImpersonation(
        _ id: Impersonation.ID,
        by whom: String,
        of operator: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE impersonations SET ended_at = \(instant), ending = \(whom)
        WHERE id = \(id) AND ended_at IS NULL AND (\(`operator`) IS NULL OR operator_id = \(`operator`))
        """
    }
}
