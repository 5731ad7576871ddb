// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Users {
    /// Finds a user.
    ///
    /// - Parameters:
    ///   - id: The user.
    ///   - reader: Reads the tenant's data for whoever asks.
    /// - Returns: The user, or `nil` if there is none or the principal may not see them.
    /// - Throws: `UserError.database`.
    public func find(_ id: User.ID, reader: TenantReader) async throws(UserError) -> User? {
        guard reader.principal.may(.userRead, owner: id) else { return nil }
        do {
            return try await reader.read(.selectUser(id)).only.map { row throws(DatabaseError) in try User(row: row) }
        } catch {
            throw UserError(error)
        }
    }

    /// Fetches a user.
    ///
    /// - Parameters:
    ///   - id: The user.
    ///   - reader: Reads the tenant's data for whoever asks.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound` if there is none or the principal may not see them.
    public func fetch(_ id: User.ID, reader: TenantReader) async throws(UserError) -> User {
        guard let user = try await find(id, reader: reader) else { throw .notFound }
        return user
    }

    /// Fetches the user who asks, which needs no permission.
    ///
    /// - Parameters:
    ///   - id: Who asks.
    ///   - reader: Reads the tenant's data for them.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound` if the reader is for somebody else.
    public func fetchSelf(_ id: User.ID, reader: TenantReader) async throws(UserError) -> User {
        guard reader.principal.user == id else { throw .notFound }
        do {
            guard let row = try await reader.read(.selectUser(id)).only else { throw UserError.notFound }
            return try User(row: row)
        } catch let error as DatabaseError {
            throw UserError(error)
        } catch {
            throw .notFound
        }
    }

    /// Finds the user of an address; for whoever may see all users.
    ///
    /// - Parameters:
    ///   - email: The address, in any case.
    ///   - session: The tenant's open transaction.
    /// - Returns: The user, or `nil` if nobody has it.
    /// - Throws: `UserError.forbidden` without `user:read` for all users.
    public func find(_ email: Email, session: borrowing TenantSession) async throws(UserError) -> User? {
        guard session.principal.may(.userRead, on: .foreign) else { throw .forbidden }
        return try await users(.selectUser(email: email), session: session).first
    }

    /// Lists users, the newest first.
    ///
    /// - Parameters:
    ///   - filter: Which ones.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: How many at most.
    ///   - session: The tenant's open transaction.
    /// - Returns: The page.
    /// - Throws: `UserError.forbidden` without `user:read` for all users; `.invalidPosition` for another list's
    ///   position.
    public func list(
        _ filter: UserFilter = UserFilter(),
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        session: borrowing TenantSession
    ) async throws(UserError) -> Page<User> {
        guard session.principal.may(.userRead, on: .foreign) else { throw .forbidden }
        guard position == nil || position?.order == Users.order else { throw .invalidPosition }
        let found = try await users(
            .listUsers(filter, after: position?.id, limit: limit.withProbe),
            session: session
        )
        return Page(cutting: found, limit: limit.count) { PagePosition(order: Users.order, id: $0.id.uuid) }
    }

    /// Lists users by page number, the newest first.
    ///
    /// - Parameters:
    ///   - filter: Which ones.
    ///   - page: The page's number, from 0 through 10,000.
    ///   - size: How many at most.
    ///   - session: The tenant's open transaction.
    /// - Returns: The page and the number of all that the filter has.
    /// - Throws: `UserError.forbidden` without `user:read` for all users.
    public func list(
        _ filter: UserFilter,
        page: Int,
        size: PageLimit,
        session: borrowing TenantSession
    ) async throws(UserError) -> NumberedPage<User> {
        guard session.principal.may(.userRead, on: .foreign) else { throw .forbidden }
        let number = min(max(page, 0), 10_000)
        do {
            let replies = try await session.batch([
                .listUsers(filter, after: nil, limit: size.count, offset: number * size.count), .countUsers(filter),
            ])
            guard replies.count == 2 else { throw DatabaseError.connectionLost }
            let items = try replies[0].map { row throws(DatabaseError) in try User(row: row) }
            let total: Int = try replies[1].only?["total"] ?? 0
            return NumberedPage(items: items, number: number, size: size.count, total: total)
        } catch let error as DatabaseError {
            throw UserError(error)
        } catch {
            throw .database(.cancelled)
        }
    }

    /// Reads what a user may do: the union of what their roles allow.
    ///
    /// - Parameters:
    ///   - id: The user.
    ///   - session: The tenant's open transaction.
    /// - Returns: What they may do.
    /// - Throws: `UserError.database`.
    func grants(of id: User.ID, session: borrowing TenantSession) async throws(UserError) -> Grants {
        do {
            guard let row = try await session.execute(.selectGrants(of: id)).only else { return Grants() }
            return try Grants(builtIn: row["built_in"], permissions: row["permissions"])
        } catch {
            throw UserError(error)
        }
    }

    private static let order = "newest"
}

extension Grants {
    /// The union of what built-in roles and the tenant's own allow.
    init(builtIn: [String], permissions: [String]) {
        self.init(stored: permissions)
        for name in builtIn {
            if let role = BuiltInRole(rawValue: name) { formUnion(role.grants) }
        }
    }

    /// Adds what roles in courses allow there.
    mutating func formUnion(courseRoles: [String]) {
        for name in courseRoles {
            if let role = CourseRole(rawValue: name) { formUnion(role.grants) }
        }
    }
}

/// One page of a list that is numbered and counted; for lists that stay small.
public struct NumberedPage<Item: Sendable>: Sendable {
    /// The items, in the list's order.
    public let items: [Item]
    /// The page's number, from 0.
    public let number: Int
    /// How many items a page has.
    public let size: Int
    /// How many items there are on all pages.
    public let total: Int

    /// Puts a page together.
    ///
    /// - Parameters:
    ///   - items: The items, in the list's order.
    ///   - number: The page's number, from 0.
    ///   - size: How many items a page has.
    ///   - total: How many items there are on all pages.
    public init(items: [Item], number: Int, size: Int, total: Int) {
        self.items = items
        self.number = number
        self.size = size
        self.total = total
    }

    /// How many pages there are.
    public var pages: Int { size > 0 ? (total + size - 1) / size : 0 }
}
