// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `lms users create`, and the people of a declared tenant: makes a user as the platform itself.
struct CreateUserOperation: Sendable {
    let lms: LMSKit.LMS
    let tenants: Tenants

    /// What became of it.
    enum Outcome: Sendable {
        case created(User)
        /// Somebody has the address; they stay as they are.
        case existed(User)
    }

    /// Makes a user, or finds who has the address.
    ///
    /// - Parameters:
    ///   - email: The address to sign in with.
    ///   - displayName: The name that others see; the start of the address without one.
    ///   - password: The password to sign in with; `nil` for somebody who cannot yet.
    ///   - roles: Their roles, built in or the tenant's own.
    ///   - tenant: The tenant.
    /// - Returns: The user, and whether they are new.
    /// - Throws: `UserError.roleNotFound`; `PasswordHashingError`; `DatabaseError`.
    func run(
        _ email: Email,
        displayName: String? = nil,
        password: Password?,
        roles: [Role.Name],
        at tenant: TenantID
    ) async throws -> Outcome {
        var hash: PasswordHash?
        if let password { hash = try await lms.passwords.hash(password) }
        let new = NewUser(email: email, displayName: displayName, password: hash)
        do {
            let user = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                try await lms.users.create(new, roles: roles, session: session)
            }
            return .created(user)
        } catch UserError.emailTaken {
            let user = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                try await lms.users.find(email, session: session)
            }
            guard let user else { throw UserError.emailTaken }
            return .existed(user)
        }
    }

    private static let principal = Principal(.system("operator"), grants: Grants())
}
