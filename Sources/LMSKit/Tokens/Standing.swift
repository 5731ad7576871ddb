// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What a user may do at a moment, and how their session stands.
struct Standing: Sendable {
    let isGood: Bool
    let epoch: Int
    let grants: Grants
    /// The names of the user's roles.
    let roles: [String]
    /// How the user showed who they are in this session.
    let methods: [AuthenticationMethod]
    let isLimited: Bool
    let authenticatedAt: Date
    /// Whether it was not noted for a minute that the session is used.
    let isToBeTouched: Bool
    /// Whether nothing may be changed.
    let isReadOnly: Bool
    /// The time in the tenant's time zone.
    let localTime: LocalTime
    let ageSeconds: Double
    let idleSeconds: Double

    static let none = Standing(
        isGood: false,
        epoch: -1,
        grants: Grants(),
        roles: [],
        methods: [],
        isLimited: true,
        authenticatedAt: .distantPast,
        isToBeTouched: false,
        isReadOnly: true,
        localTime: LocalTime(weekday: 1, minute: 0),
        ageSeconds: 0,
        idleSeconds: 0
    )

    /// Why the tenant's policies refuse the session.
    func refusal(at tenant: Tenant, from address: String?) -> SessionRefusal? {
        guard !tenant.settings.sessionPolicies.isEmpty else { return nil }
        return tenant.settings.refusal(of: facts(from: address))
    }

    /// What the session is judged by.
    func facts(from address: String?) -> SessionFacts {
        SessionFacts(
            roles: roles,
            address: address,
            localTime: localTime,
            ageSeconds: ageSeconds,
            idleSeconds: idleSeconds
        )
    }

    /// Whether the tenant asks one of the user's roles for a second factor that was not shown in this session.
    func lacksFactor(at tenant: Tenant) -> Bool {
        tenant.settings.asksForFactor(of: roles) && !methods.contains(where: \.isSecondFactor)
    }
}

extension Standing {
    init(row: Row, at now: Date) throws(DatabaseError) {
        isGood = try row["is_good"]
        epoch = try row["token_epoch"]
        var grants = try Grants(builtIn: row["built_in"], permissions: row["permissions"])
        grants.formUnion(courseRoles: try row["course_roles"])
        self.grants = grants
        roles = try row["roles"]
        methods = try row["methods"]
        isLimited = try row["is_limited"]
        let authenticatedAt: Date? = try row["authenticated_at"]
        self.authenticatedAt = authenticatedAt ?? .distantPast
        isToBeTouched = try row["is_to_be_touched"]
        isReadOnly = try row["is_read_only"]
        localTime = LocalTime(weekday: try row["weekday"], minute: try row["minute"])
        let beganAt: Date? = try row["created_at"]
        let usedAt: Date? = try row["last_used_at"]
        ageSeconds = now.timeIntervalSince(beganAt ?? now)
        idleSeconds = now.timeIntervalSince(usedAt ?? beganAt ?? now)
    }
}

extension SQL {
    static func selectStanding(
        of user: User.ID,
        session: SignInSession.ID,
        at instant: Date,
        in zone: String
    ) -> SQL {
        """
        SELECT u.token_epoch,
            u.status = 'active' AND s.id IS NOT NULL AND s.revoked_at IS NULL AS is_good,
            coalesce(s.is_limited, false) AS is_limited, coalesce(s.authenticated_at, s.created_at) AS authenticated_at,
            coalesce(s.last_used_at < \(instant)::timestamptz - interval '1 minute', true) AS is_to_be_touched,
            s.created_at, s.last_used_at, coalesce(s.methods, '{}') AS methods,
            \(SQL.localTime(at: instant, in: zone)),
            ARRAY(SELECT ur.built_in FROM user_roles ur
                  WHERE ur.user_id = u.id AND ur.built_in IS NOT NULL) AS built_in,
            ARRAY(SELECT coalesce(ur.built_in, r.name) FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id) AS roles,
            ARRAY(SELECT unnest(r.permissions) FROM user_roles ur JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id) AS permissions,
            ARRAY(SELECT DISTINCT i.role FROM course_instructors i WHERE i.user_id = u.id) AS course_roles,
            false AS is_read_only
        FROM users u LEFT JOIN sessions s ON s.id = \(session) AND s.user_id = u.id
        WHERE u.id = \(user)
        """
    }

    /// The sign-ins and impersonations among several that were not ended, with their users' epochs.
    static func selectStandingSessions(_ ids: [UUID]) -> SQL {
        """
        SELECT s.id, u.token_epoch FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ANY(\(ids)) AND s.revoked_at IS NULL AND u.status = 'active'
        UNION ALL
        SELECT p.id, u.token_epoch FROM impersonations p JOIN users u ON u.id = p.user_id
        WHERE p.id = ANY(\(ids)) AND p.ended_at IS NULL AND u.status = 'active'
        """
    }

    /// The same for an operator who acts as the user; the user never showed who they are.
    ///
    /// Nothing is good once the impersonation was ended, nor while the user is an owner and the tenant lets nobody act as one.
    /// It has no roles to judge by: what binds operators are the platform's rules, and one who helps a tenant that locked itself out
    /// must get in.
    static func selectStanding(
        of user: User.ID,
        impersonation: Impersonation.ID,
        by actor: Principal.ID,
        mayBeOwner: Bool
    ) -> SQL {
        """
        SELECT u.token_epoch,
            u.status = 'active' AND p.ended_at IS NULL
                AND (\(mayBeOwner) OR NOT EXISTS (SELECT FROM user_roles o
                                                  WHERE o.user_id = u.id AND o.built_in = \(BuiltInRole.owner.rawValue)))
                AS is_good,
            ARRAY(SELECT ur.built_in FROM user_roles ur
                  WHERE ur.user_id = u.id AND ur.built_in IS NOT NULL) AS built_in,
            ARRAY(SELECT unnest(r.permissions) FROM user_roles ur JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id) AS permissions,
            ARRAY(SELECT DISTINCT i.role FROM course_instructors i WHERE i.user_id = u.id) AS course_roles,
            p.access = 'read' AS is_read_only, false AS is_limited, NULL::timestamptz AS authenticated_at,
            false AS is_to_be_touched, '{}'::text[] AS roles, '{}'::text[] AS methods, NULL::timestamptz AS created_at,
            NULL::timestamptz AS last_used_at, 1 AS weekday, 0 AS minute
        FROM users u JOIN impersonations p ON p.user_id = u.id
        WHERE u.id = \(user) AND p.id = \(impersonation) AND p.operator_id = \(actor)
        """
    }

    /// `weekday` and `minute` as a clock in a time zone shows them; the server knows the zones and their history.
    static func localTime(at instant: Date, in zone: String) -> SQL {
        """
        extract(isodow FROM \(instant)::timestamptz AT TIME ZONE \(zone)::text)::integer AS weekday,
        (extract(hour FROM \(instant)::timestamptz AT TIME ZONE \(zone)::text) * 60
            + extract(minute FROM \(instant)::timestamptz AT TIME ZONE \(zone)::text))::integer AS minute
        """
    }
}
