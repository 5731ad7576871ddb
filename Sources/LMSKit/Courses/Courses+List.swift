// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A page of courses, counted.
public struct CourseListing: Sendable {
    /// The courses and where the next page starts.
    public let page: Page<Course>
    /// How many courses there are on all pages.
    public let total: Int
}

extension Courses {
    /// Lists courses.
    ///
    /// - Parameters:
    ///   - query: Which courses, in which order. The scope `catalog` gives everybody the same.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most courses to return.
    ///   - skipped: How many courses to leave out, for numbered pages.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page and the number of courses on all pages, of one round trip.
    /// - Throws: `CourseError.invalidPosition` if the position is of another order.
    public func list(
        _ query: CourseQuery = CourseQuery(),
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        skipping skipped: Int = 0,
        reader: TenantReader
    ) async throws(CourseError) -> CourseListing {
        let visibility = CourseVisibility(query.scope, for: reader.principal)
        let statement = try listing(query, to: visibility, after: position, limit: limit, skipping: skipped)
        return try await CourseError.translating {
            let rows = try await reader.read([statement, .countCourses(query, to: visibility)])
            let courses = try rows[0].map(Course.init(row:))
            return CourseListing(
                page: Page(cutting: courses, limit: limit.count) { $0.position(in: query.order) },
                total: try rows[1].first.map { row in try row[0] } ?? 0
            )
        }
    }

    private func listing(
        _ query: CourseQuery,
        to: CourseVisibility,
        after position: PagePosition?,
        limit: PageLimit,
        skipping skipped: Int
    ) throws(CourseError) -> SQL {
        if let position, position.order != query.order.rawValue { throw .invalidPosition }
        let id = position.map { Course.ID($0.id) }
        let offset = min(max(skipped, 0), 100_000)
        switch query.order {
        case .newest:
            return .listNewestCourses(query, to: to, after: id, limit: limit.withProbe, offset: offset)
        case .title:
            let after = position.map { (title: $0.key, id: Course.ID($0.id)) }
            return .listCoursesByTitle(query, to: to, after: after, limit: limit.withProbe, offset: offset)
        case .priceAscending, .priceDescending, .rating, .popularity:
            var after: (number: Int, id: Course.ID)?
            if let position {
                guard let number = Int(position.key) else { throw .invalidPosition }
                after = (number, Course.ID(position.id))
            }
            return .listCoursesByNumber(query, to: to, after: after, limit: limit.withProbe, offset: offset)
        }
    }
}

extension Course {
    /// The course's place in a list; the numbers are those that the statements sort by.
    func position(in order: CourseQuery.Order) -> PagePosition {
        let key =
            switch order {
            case .newest: ""
            case .title: title
            case .priceAscending: String(-(price?.minorUnits ?? 0))
            case .priceDescending: String(price?.minorUnits ?? 0)
            case .rating: String(rating.count > 0 ? rating.sum * 10_000 / rating.count : 0)
            case .popularity: String(seatsTaken)
            }
        return PagePosition(order: order.rawValue, key: key, id: id.uuid)
    }
}
