// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The courses that whoever asks means to take.
struct WishRoutes: Sendable {
    let wishes: Wishes

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/wishlist",
                "List the courses that I mean to take",
                access: .signedIn,
                problems: [.forbidden, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .put,
                "/api/v1/wishlist/{courseId}",
                "Put a course on my wish list",
                access: .signedIn,
                status: .noContent,
                problems: [.courseNotFound, .forbidden, .tooManyEntries],
                handler: add
            ),
            Route(
                .delete,
                "/api/v1/wishlist/{courseId}",
                "Take a course off my wish list",
                access: .signedIn,
                status: .noContent,
                problems: [.forbidden],
                handler: remove
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, WishQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<WishBody>> {
        let page = try await wishes.list(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(WishBody.init), nextCursor: context.cursor(page.next)))
    }

    private func add(_ input: Input<CoursePath, Nothing, Nothing>, _ context: RequestContext) async throws -> Reply<
        Nothing
    > {
        try await context.transaction { try await wishes.add(input.path.courseId, session: $0) }
        return .noContent
    }

    private func remove(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await wishes.remove(input.path.courseId, session: $0) }
        return .noContent
    }
}

/// The query of the wish list.
struct WishQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// A course that somebody means to take.
struct WishBody: ResponseBody {
    let course: CourseBody
    let wishedAt: Date

    init(_ wish: Wish) {
        self.init(CourseBody(wish.course), at: wish.wishedAt)
    }

    private init(_ course: CourseBody, at instant: Date) {
        self.course = course
        wishedAt = instant
    }

    static var example: WishBody { WishBody(.example, at: Enrollment.example.enrolledAt) }
    static var variations: [WishBody] { CourseBody.variations.map { WishBody($0, at: Enrollment.example.enrolledAt) } }

    func write(to json: inout JSONWriter) {
        json.object { object in
            course.writeFields(to: &object)
            object.field("wishedAt", wishedAt)
        }
    }
}

extension WishError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .courseNotFound: Problem(.courseNotFound)
        case .tooMany(let limit):
            Problem(.tooManyEntries).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}
