// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Says what somebody may do, and why.
///
/// One's own permissions are everybody's to know; another's are for those who may see users and roles: `user:read` for all and
/// `role:read`.
public struct Permissions: Sendable {
    let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameter clock: Says what is available by now.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// Says what a user may do, in one round trip.
    ///
    /// - Parameters:
    ///   - user: Who.
    ///   - reader: Who asks, in which tenant.
    /// - Returns: What they may do and by what; of the principal themselves, within what their token may.
    /// - Throws: `PermissionError.notFound`.
    public func list(of user: User.ID, reader: TenantReader) async throws(PermissionError) -> EffectivePermissions {
        let principal = reader.principal
        try Permissions.requireAsking(about: user, principal)
        return try await PermissionError.translating {
            let replies = try await reader.read(SQL.selectPermissionSources(of: user))
            guard let found = try PermissionSources(replies[...]) else { throw PermissionError.notFound }
            let isOwn = user == principal.user
            let knowsCourses = isOwn || principal.may(.courseRead, on: .foreign)
            return EffectivePermissions(
                user: user,
                isActive: found.isActive,
                roles: found.roles.map(\.name),
                courseRoles: knowsCourses ? found.courseRoles : [],
                permissions: found.permissions(within: isOwn ? principal.grants : nil),
                isNarrowed: isOwn && !principal.grants.cover(found.grants)
            )
        }
    }

    static func requireAsking(about user: User.ID, _ principal: Principal) throws(PermissionError) {
        if user == principal.user { return }
        guard principal.may(.userRead, on: .foreign), principal.may(.roleRead, on: .foreign) else { throw .notFound }
    }
}
