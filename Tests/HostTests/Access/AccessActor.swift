// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

/// Who calls each route: a column of the matrix.
enum AccessActor: String, CaseIterable {
    case nobody
    case student
    case assistant
    case instructor
    case auditor
    case admin
    case owner
    /// Holds a role of the tenant's own: reads and changes every course, reads every user.
    case custom
    /// An admin who was suspended after signing in.
    case suspended
    /// An admin's API key that has every scope.
    case key
    /// The same a day after its end.
    case expiredKey
    /// An operator of the platform: on the base domain where the route is the platform's own, else at the tenant's address.
    case `operator`
    /// An operator who acts as an admin, for writing too.
    case impersonator
    /// A program with the account of an admin's rights and a token for it; what is the admin's is not its own.
    case service

    /// What the custom role allows.
    static let customGrants = Grants([.courseRead: .any, .courseUpdate: .any, .userRead: .any])

    /// What they are in the draft that is their own: what their role in the tenant is for.
    var courseRole: CourseRole? {
        switch self {
        case .nobody, .student, .auditor, .custom, .operator: nil
        case .assistant: .assistant
        case .instructor, .admin, .owner, .suspended, .key, .expiredKey, .impersonator, .service: .instructor
        }
    }

    /// Signs them in.
    ///
    /// - Returns: `nil` for nobody.
    func enter(_ tenant: TestTenant, of host: PlatformHost) async throws -> PlatformHost.Session? {
        switch self {
        case .nobody:
            return nil
        case .student, .assistant, .instructor, .auditor, .admin, .owner:
            let role = try #require(BuiltInRole(rawValue: rawValue))
            return try await host.member("actor", role, of: tenant)
        case .custom:
            let name = try #require(Role.Name("course-keeper"))
            try await tenant.transaction { session in
                _ = try await host.platform.lms.roles.create(
                    name,
                    description: "",
                    grants: Self.customGrants,
                    session: session
                )
            }
            return try await host.member("actor", holding: [name], of: tenant)
        case .suspended:
            return try await host.member("actor", .admin, of: tenant)
        case .operator:
            // The things that are their own in the tenant are those of somebody without a role.
            var session = try await host.register("actor", at: tenant)
            session.access = try await host.operator().token
            return session
        case .impersonator:
            var session = try await host.member("actor", .admin, of: tenant)
            let user = try #require(User.ID(session.user))
            session.access = try await host.impersonate(user, access: .write, at: tenant).token.reveal()
            return session
        case .service:
            var session = try await host.member("actor", .admin, of: tenant)
            session.access = try await host.program(BuiltInRole.admin, of: tenant)
            return session
        case .key, .expiredKey:
            var session = try await host.member("actor", .admin, of: tenant)
            let admin = Principal(.user(try #require(User.ID(session.user))), grants: BuiltInRole.admin.grants)
            let issued = try await tenant.transaction(as: admin) { transaction in
                try await host.platform.lms.apiKeys.create(
                    "All",
                    scopes: admin.grants,
                    days: 1,
                    session: transaction
                )
            }
            session.access = issued.secret.reveal()
            return session
        }
    }

    /// What happens to them after their world was made and before they call.
    func fall(_ session: PlatformHost.Session?, of host: PlatformHost, at tenant: TestTenant) async throws {
        if self == .expiredKey { host.platform.clock.advance(by: 2 * 86_400) }
        guard self == .suspended, let id = session.flatMap({ User.ID($0.user) }) else { return }
        try await tenant.transaction { transaction in
            _ = try await host.platform.lms.users.suspend(id, session: transaction)
        }
    }
}
