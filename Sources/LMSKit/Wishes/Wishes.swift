// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A course that somebody means to take.
public struct Wish: Sendable {
    /// The course.
    public let course: Course
    /// When it was wished for, UTC.
    public let wishedAt: Date
    let id: UUID
}

/// Why a wish list was not shown or changed.
@nonexhaustive
public enum WishError: Error, Sendable, Equatable {
    /// The principal is nobody who has a list.
    case forbidden
    /// The catalog has no such course.
    case courseNotFound
    /// A list has at most this many courses.
    case tooMany(limit: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)
}

extension WishError: FeatureError {
    init(_ error: DatabaseError) { self = .database(error) }
}

/// Keeps for everybody the courses that they mean to take; nobody sees another's.
public struct Wishes: Sendable {
    /// The most courses that a list may have.
    public static let limit = 500
    private let clock: WallClock
    private let identifiers: IdentifierSource

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what is wished for.
    ///   - identifiers: Orders it.
    public init(clock: WallClock = .system, identifiers: IdentifierSource = IdentifierSource()) {
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Puts a course of the catalog on the principal's own list; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - session: The tenant's open transaction. The user's row is locked until it ends, so that the limit holds.
    /// - Throws: `WishError.forbidden` for who is no user; `.courseNotFound` unless it is published; `.tooMany`.
    public func add(_ course: Course.ID, session: borrowing TenantSession) async throws(WishError) {
        guard let me = session.principal.user else { throw .forbidden }
        try await WishError.translating {
            let wish: Identifier<Wish> = identifiers.next()
            let replies = try await session.batch([
                .lockWisher(me), .insertWish(wish.uuid, of: me, for: course, most: Wishes.limit, at: clock.now()),
                .selectWishable(course, by: me),
            ])
            guard replies[1].affected == 0 else { return }
            guard let row = replies[2].only else { throw WishError.courseNotFound }
            let isWished: Bool = try row[0]
            guard isWished else { throw WishError.tooMany(limit: Wishes.limit) }
        }
    }

    /// Takes a course off the principal's own list; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Throws: `WishError.forbidden` for who is no user.
    public func remove(_ course: Course.ID, session: borrowing TenantSession) async throws(WishError) {
        guard let me = session.principal.user else { throw .forbidden }
        _ = try await WishError.translating { try await session.execute(.deleteWish(of: me, for: course)) }
    }

    /// Lists what the reader wished for and the catalog has, what was wished for last first, in one round trip.
    ///
    /// A course that is not published stays on the list and is shown when it is again.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `WishError.forbidden` for who is no user; `.invalidPosition`.
    public func list(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(WishError) -> Page<Wish> {
        guard let me = reader.principal.user else { throw .forbidden }
        if let position, position.order != "wishes" { throw .invalidPosition }
        return try await WishError.translating {
            let rows = try await reader.read(.listWishes(of: me, after: position?.id, limit: limit.withProbe))
            return Page(cutting: try rows.map(Wish.init(row:)), limit: limit.count) {
                PagePosition(order: "wishes", id: $0.id)
            }
        }
    }
}

extension Wish {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        course = try Course(fields: &fields)
        wishedAt = try fields.next()
        id = try fields.next()
    }
}
