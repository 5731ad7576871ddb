// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Which threads of a course, in which order.
public struct DiscussionQuery: Sendable, Hashable {
    /// Of which kind; of all if `nil`.
    public var kind: DiscussionThread.Kind?
    /// About which lesson; about any and none if `nil`.
    public var lesson: Lesson.ID?
    /// With which tag.
    public var tag: String?
    /// With which words in the title or a post, in the form of a web search: `"two words" or -other`.
    public var text: String?
    /// Only what the staff recommends.
    public var onlyFeatured = false
    /// Only where something is to be read.
    public var onlyUnread = false
    /// In which order; what is pinned comes first.
    public var order = Order.activity

    /// The orders that a list of threads may have.
    @nonexhaustive
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// The last written in first.
        case activity
        /// The last opened first.
        case newest
        /// The one that most found good first.
        case votes
    }

    /// All threads, the last written in first.
    public init() {}
}

extension Discussions {
    /// Lists a course's threads, what is pinned before the others, in two round trips.
    ///
    /// - Parameters:
    ///   - query: Which threads, in which order.
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most threads to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page; what is hidden is in it for moderators.
    /// - Throws: `DiscussionError.courseNotFound`; `.enrollmentNeeded` and `.paymentNeeded` without entitlement; `.invalidPosition`.
    public func list(
        _ query: DiscussionQuery = DiscussionQuery(),
        in course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(DiscussionError) -> Page<DiscussionThread> {
        let principal = reader.principal
        if let position, position.order != query.order.rawValue { throw .invalidPosition }
        return try await DiscussionError.translating {
            let rows = try await reader.read([
                .selectCourse(course), .selectDiscussionStanding(of: principal.user, in: course),
            ])
            guard let standing = try DiscussionStanding(course: rows[0], standing: rows[1], for: principal) else {
                throw DiscussionError.courseNotFound
            }
            try standing.requireReading()
            let statement = try Discussions.listing(
                query,
                in: course,
                for: principal.user,
                showsHidden: standing.mayModerate,
                after: position,
                limit: limit.withProbe
            )
            let threads = try await reader.read(statement).map(DiscussionThread.init(row:))
            return Page(cutting: threads, limit: limit.count) { $0.position(in: query.order) }
        }
    }

    private static func listing(
        _ query: DiscussionQuery,
        in course: Course.ID,
        for user: Principal.ID?,
        showsHidden: Bool,
        after position: PagePosition?,
        limit: Int
    ) throws(DiscussionError) -> SQL {
        var place: (isPinned: Bool, number: Int64, id: DiscussionThread.ID)?
        if let position {
            guard let flag = position.key.first, let number = Int64(position.key.dropFirst()) else {
                throw .invalidPosition
            }
            place = (flag == "p", number, DiscussionThread.ID(position.id))
        }
        switch query.order {
        case .activity:
            return .listThreadsByActivity(
                query,
                in: course,
                for: user,
                showsHidden: showsHidden,
                after: place.map { ($0.isPinned, Date(postgresMicroseconds: $0.number), $0.id) },
                limit: limit
            )
        case .newest:
            return .listNewestThreads(
                query,
                in: course,
                for: user,
                showsHidden: showsHidden,
                after: place.map { ($0.isPinned, $0.id) },
                limit: limit
            )
        case .votes:
            return .listThreadsByVotes(
                query,
                in: course,
                for: user,
                showsHidden: showsHidden,
                after: place.map { ($0.isPinned, Int($0.number), $0.id) },
                limit: limit
            )
        }
    }

    /// Reads a thread in one round trip.
    ///
    /// - Parameters:
    ///   - id: The thread.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The thread as they see it.
    /// - Throws: `DiscussionError.notFound` if there is none, they are not entitled to the course, or it is hidden from them.
    public func fetch(_ id: DiscussionThread.ID, reader: TenantReader) async throws(DiscussionError) -> DiscussionThread
    {
        try await find(id, reader: reader).thread
    }

    /// Reads posts in two round trips.
    ///
    /// Whoever goes on after the last position that they have misses nothing that is written from then on.
    ///
    /// - Parameters:
    ///   - id: The thread.
    ///   - position: After which position.
    ///   - end: Before which position: with it alone, the posts just before it.
    ///   - limit: The most posts to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The posts in the order of their positions; of what is hidden from the reader, only the place.
    /// - Throws: `DiscussionError.notFound` as `fetch`.
    public func posts(
        of id: DiscussionThread.ID,
        after position: Int? = nil,
        before end: Int? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(DiscussionError) -> DiscussionPostPage {
        let (thread, standing) = try await find(id, reader: reader)
        let user = reader.principal.user
        return try await DiscussionError.translating {
            if position == nil, let end {
                let rows = try await reader.read(
                    .listPosts(
                        in: id,
                        before: end,
                        for: user,
                        showsHidden: standing.mayModerate,
                        limit: limit.count
                    )
                )
                let posts = try rows.map(DiscussionPost.init(row:)).reversed()
                return DiscussionPostPage(items: Array(posts), lastPosition: thread.lastPosition)
            }
            let rows = try await reader.read(
                .listPosts(
                    in: id,
                    after: position ?? 0,
                    before: min(end ?? Int.max, thread.lastPosition + 1),
                    for: user,
                    showsHidden: standing.mayModerate,
                    limit: limit.count
                )
            )
            return DiscussionPostPage(
                items: try rows.map(DiscussionPost.init(row:)),
                lastPosition: thread.lastPosition
            )
        }
    }

    /// Lists what a post said before, the last first, in two round trips.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - id: The thread that it must be of.
    ///   - reader: Who reads in which tenant: its author, or who may moderate.
    /// - Returns: The last hundred.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound`; `.forbidden`.
    public func versions(
        of post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        reader: TenantReader
    ) async throws(DiscussionError) -> [DiscussionPostVersion] {
        let (_, standing) = try await find(id, reader: reader)
        return try await DiscussionError.translating {
            let rows = try await reader.read([
                .selectPost(post, in: id, for: reader.principal.user, showsHidden: standing.mayModerate),
                .listPostVersions(of: post),
            ])
            guard let found = try rows[0].only.map(DiscussionPost.init(row:)) else {
                throw DiscussionError.postNotFound
            }
            guard standing.mayModerate || (standing.isAuthor(of: found) && found.status != .hidden) else {
                throw DiscussionError.forbidden
            }
            return try rows[1].map(DiscussionPostVersion.init(row:))
        }
    }

    /// Lists who may not write in a course's discussions now, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: 500 at most.
    /// - Throws: `DiscussionError.courseNotFound`; `.forbidden` without `discussion:moderate` on the course.
    public func suspensions(
        in course: Course.ID,
        reader: TenantReader
    ) async throws(DiscussionError) -> [DiscussionSuspension] {
        let principal = reader.principal
        return try await DiscussionError.translating {
            let rows = try await reader.read([
                .selectCourse(course), .selectDiscussionStanding(of: principal.user, in: course),
            ])
            guard let standing = try DiscussionStanding(course: rows[0], standing: rows[1], for: principal),
                standing.level != .none
            else { throw DiscussionError.courseNotFound }
            guard standing.mayModerate else { throw DiscussionError.forbidden }
            return try await reader.read(.listSuspensions(in: course, at: clock.now()))
                .map(DiscussionSuspension.init(row:))
        }
    }

    private func find(
        _ id: DiscussionThread.ID,
        reader: TenantReader
    ) async throws(DiscussionError) -> (thread: DiscussionThread, standing: DiscussionStanding) {
        let principal = reader.principal
        return try await DiscussionError.translating {
            let rows = try await reader.read([
                .selectThread(id, for: principal.user), .selectCourse(of: id),
                .selectDiscussionStanding(of: principal.user, in: id),
            ])
            guard let row = rows[0].only,
                let standing = try DiscussionStanding(course: rows[1], standing: rows[2], for: principal),
                case let thread = try DiscussionThread(row: row), standing.maySee(thread)
            else { throw DiscussionError.notFound }
            return (thread, standing)
        }
    }
}

extension DiscussionThread {
    /// The thread's place in a list.
    fileprivate func position(in order: DiscussionQuery.Order) -> PagePosition {
        let number: Int64 =
            switch order {
            case .activity: lastActivityAt.postgresMicroseconds
            case .newest: 0
            case .votes: Int64(votes)
            }
        return PagePosition(order: order.rawValue, key: "\(isPinned ? "p" : "-")\(number)", id: id.uuid)
    }
}
