// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The people of a tenant.
struct UserRoutes: Sendable {
    let users: Users
    let passwords: Passwords
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/users",
                "List users",
                access: .permission(.userRead),
                problems: [.invalidCursor],
                auditedAs: "user.listed",
                handler: list
            ),
            Route(
                .post,
                "/api/v1/users",
                "Make a user",
                access: .permission(.userCreate),
                status: .created,
                problems: [.emailTaken, .usernameTaken, .roleUnknown, .beyondOwnGrants],
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/users/me",
                "Show my profile",
                access: .signedIn,
                caching: .revalidated,
                handler: showMe
            ),
            Route(
                .patch,
                "/api/v1/users/me",
                "Change my profile",
                access: .permission(.userUpdate),
                problems: [.preconditionFailed, .usernameTaken],
                handler: updateMe
            ),
            Route(
                .get,
                "/api/v1/users/me/export",
                "Export everything that is kept of me",
                access: .signedIn,
                rate: .expensive,
                handler: exportMe
            ),
            Route(
                .get,
                "/api/v1/users/{userId}",
                "Show a user",
                access: .permission(.userRead),
                problems: [.notFound],
                caching: .revalidated,
                auditedAs: "user.read",
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/users/{userId}",
                "Change a profile",
                access: .permission(.userUpdate),
                problems: [.notFound, .preconditionFailed, .usernameTaken],
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/users/{userId}",
                "Deactivate a user",
                access: .permission(.userDeactivate),
                status: .noContent,
                problems: [.notFound, .passwordNeeded, .beyondOwnGrants, .lastOwner, .signInThrottled],
                handler: deactivate
            ),
            Route(
                .patch,
                "/api/v1/users/{userId}/status",
                "Suspend or reactivate a user",
                access: .permission(.userDeactivate),
                problems: [.notFound, .ownAccount, .beyondOwnGrants, .lastOwner],
                handler: changeStatus
            ),
            Route(
                .post,
                "/api/v1/users/{userId}/roles",
                "Give a user a role",
                access: .permission(.roleAssign),
                problems: UserError.roleProblems,
                assurance: .recent,
                handler: giveRole
            ),
            Route(
                .put,
                "/api/v1/users/{userId}/roles",
                "Give a user exactly these roles",
                access: .permission(.roleAssign),
                problems: UserError.roleProblems,
                assurance: .recent,
                handler: replaceRoles
            ),
            Route(
                .delete,
                "/api/v1/users/{userId}/roles",
                "Take a role from a user",
                access: .permission(.roleAssign),
                problems: UserError.roleProblems,
                assurance: .recent,
                handler: takeRole
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, UserQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UserListBody> {
        let query = input.query
        guard query.page == nil, query.size == nil else {
            let size = PageLimit(query.size ?? 20)
            let page = try await context.transaction { session in
                try await users.list(query.filter, page: query.page ?? 0, size: size, session: session)
            }
            let numbers = UserListBody.Numbers(
                page: page.number,
                size: page.size,
                total: page.total,
                totalPages: page.pages
            )
            return .ok(UserListBody(items: page.items.map(UserBody.init), numbers: numbers))
        }
        let position = try context.position(query.cursor)
        let page = try await context.transaction { session in
            try await users.list(query.filter, after: position, limit: PageLimit(query.limit), session: session)
        }
        return .ok(UserListBody(items: page.items.map(UserBody.init), nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewUserRequest>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        let body = input.body
        var hash: PasswordHash?
        if let password = body.password {
            do throws(PasswordProblem) {
                let names = [body.displayName, body.username?.text]
                try PasswordPolicy(context.tenant, email: body.email, names: names).check(password)
            } catch {
                throw error.problem
            }
            hash = try await passwords.hash(password)
        }
        var new = NewUser(email: body.email, displayName: body.displayName, password: hash)
        new.username = body.username
        return try await context.idempotently { session in
            let user = try await users.create(new, roles: body.roles, session: session)
            return .created(UserBody(user), at: "/api/v1/users/\(user.id)")
        }
    }

    private func showMe(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        .ok(UserBody(try await users.fetchSelf(try context.ownID, reader: context.reader)))
    }

    private func exportMe(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PersonalRecordBody> {
        let record = try await users.personalRecord(reader: context.reader)
        return .ok(PersonalRecordBody(record, at: context.clock.now()))
    }

    private func updateMe(
        _ input: Input<Nothing, Nothing, ProfileUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        try await update(try context.ownID, input.body.changes, context)
    }

    private func show(
        _ input: Input<UserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        .ok(UserBody(try await users.fetch(input.path.userId, reader: context.reader)))
    }

    private func update(
        _ input: Input<UserPath, Nothing, ProfileUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        try await update(input.path.userId, input.body.changes, context)
    }

    private func deactivate(
        _ input: Input<UserPath, Nothing, DeactivationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.userId
        if id == context.principal.user {
            // A stolen token must not be enough to leave.
            guard let password = input.body.password else { throw Problem(.passwordNeeded) }
            do {
                try await signIn.confirm(
                    id,
                    password: password,
                    clientAddress: context.host.client.text,
                    at: context.tenant.id,
                    tenants: context.tenants
                )
            } catch .invalidCredentials {
                throw Problem(.passwordNeeded)
            }
        }
        try await context.transaction { try await users.deactivate(id, session: $0) }
        return .noContent
    }

    private func changeStatus(
        _ input: Input<UserPath, Nothing, StatusUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        let user = try await context.transaction { session in
            switch input.body.status {
            case .active: try await users.reactivate(input.path.userId, session: session)
            case .suspended: try await users.suspend(input.path.userId, session: session)
            }
        }
        return .ok(UserBody(user))
    }

    private func giveRole(
        _ input: Input<UserPath, Nothing, RoleGrant>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        let user = try await context.transaction { session in
            try await users.assign(input.body.role, to: input.path.userId, session: session)
        }
        return .ok(UserBody(user))
    }

    private func replaceRoles(
        _ input: Input<UserPath, Nothing, RoleReplacement>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        let user = try await context.transaction { session in
            try await users.replaceRoles(of: input.path.userId, with: input.body.roles, session: session)
        }
        return .ok(UserBody(user))
    }

    private func takeRole(
        _ input: Input<UserPath, RoleQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        let user = try await context.transaction { session in
            try await users.remove(input.query.role, from: input.path.userId, session: session)
        }
        return .ok(UserBody(user))
    }

    private func update(
        _ id: User.ID,
        _ changes: ProfileChanges,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        var version: Int?
        if context[.ifMatch] != nil {
            let current = try await users.fetch(id, reader: context.reader)
            try context.requireMatch(UserBody(current).etag)
            version = current.version
        }
        let user = try await context.transaction { session in
            try await users.update(id, changes, expecting: version, session: session)
        }
        let body = UserBody(user)
        return .ok(body, etag: body.etag)
    }
}

extension RequestContext {
    /// The user who asks.
    var ownID: User.ID {
        get throws(Problem) {
            guard let id = principal.user else {
                throw Problem(principal.service == nil ? .unauthenticated : .personRequired)
            }
            return id
        }
    }
}
