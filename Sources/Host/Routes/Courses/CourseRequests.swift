// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/courses/{courseId}`.
struct CoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// `/courses/slug/{slug}`.
struct SlugPath: PathParameters {
    let slug: String

    init(fields: inout FieldReader) {
        slug = fields.required("slug", .text(1...255, format: "slug", example: "intro-to-swift"))
    }
}

/// The query of `GET /api/v1/courses` and of the other lists of courses.
struct CourseListQuery: QueryParameters {
    let query: CourseQuery
    let limit: Int
    let cursor: String?
    let page: Int?
    let size: Int?

    init(fields: inout FieldReader) {
        var query = CourseQuery()
        query.status = fields.optional("status", .choice(Course.Status.draft))
        query.category = fields.optional("category", .text(1...100))
        query.level = fields.optional("level", .choice(Course.Level.beginner))
        query.isFeatured = fields.optional("isFeatured", .flag)
        query.isTrending = fields.optional("isTrending", .flag)
        query.isFree = fields.optional("isFree", .flag)
        query.tags = fields.optional("tags", .list(.text(1...50), 0...10), default: [])
        query.search = fields.optional("search", .text(1...100))
        query.order = fields.optional("sort", .choice(CourseQuery.Order.newest), default: .newest)
        self.query = query
        limit = fields.optional("limit", .integer(1...100), default: 20)
        cursor = fields.optional("cursor", .text(1...2048))
        page = fields.optional("page", .integer(0...5000))
        size = fields.optional("size", .integer(1...100))
        if cursor != nil, page != nil || size != nil { fields.refuse("page", .unknownField) }
    }
}

/// `POST /api/v1/courses`.
struct NewCourseRequest: RequestBody {
    let course: NewCourse

    init(fields: inout FieldReader) {
        let title = fields.required("title", .courseTitle)
        let slug = fields.optional("slug", .slug)
        course = NewCourse(title: title, slug: slug, changes: CourseChanges(content: &fields))
    }
}

/// `PATCH /api/v1/courses/{courseId}`.
struct CourseUpdate: RequestBody {
    let changes: CourseChanges

    init(fields: inout FieldReader) {
        let title = fields.change("title", .courseTitle)
        let slug = fields.change("slug", .slug)
        let status = fields.change("status", .choice(Course.Status.draft))
        var changes = CourseChanges(content: &fields)
        (changes.title, changes.slug, changes.status) = (title, slug, status)
        self.changes = changes
    }
}

/// `PUT /api/v1/courses/{courseId}`: what is absent gets the value of a new course; slug, status and instructors stay.
struct CourseReplacement: RequestBody {
    let changes: CourseChanges

    init(fields: inout FieldReader) {
        let title = fields.required("title", .courseTitle)
        let slug = fields.change("slug", .slug)
        let status = fields.change("status", .choice(Course.Status.draft))
        var changes = CourseChanges(content: &fields)
        (changes.title, changes.slug, changes.status) = (.set(title), slug, status)
        changes.fillWithDefaults()
        self.changes = changes
    }
}

/// `PATCH /api/v1/courses/admin/bulk-status`.
struct BulkStatusRequest: RequestBody {
    let courses: [Course.ID]
    let status: Course.Status

    init(fields: inout FieldReader) {
        courses = fields.required("courseIds", .list(.id(Course.self), 1...Courses.bulkLimit))
        status = fields.required("status", .choice(Course.Status.draft))
    }
}

extension CourseChanges {
    /// Reads everything but title, slug and status.
    fileprivate init(content fields: inout FieldReader) {
        self.init()
        description = fields.change("description", .multilineText(0...20_000))
        category = fields.clearableChange("category", .text(1...100, example: "Programming"))
        level = fields.clearableChange("level", .choice(Course.Level.beginner))
        price = fields.clearableChange("price", .money)
        thumbnail = fields.clearableChange("thumbnailUrl", .secureAddress)
        isFeatured = fields.change("isFeatured", .flag)
        isTrending = fields.change("isTrending", .flag)
        isOpen = fields.change("isOpen", .flag)
        completionThreshold = fields.change("completionThreshold", .integer(1...100))
        tags = fields.change("tags", .list(.text(1...50), 0...30))
        seatLimit = fields.clearableChange("seatLimit", .integer(1...1_000_000))
        instructors = fields.change("instructorIds", .list(.id(Principal.self), 1...20))
    }

    fileprivate mutating func fillWithDefaults() {
        if description == .keep { description = .set("") }
        if category == .keep { category = .set(nil) }
        if level == .keep { level = .set(nil) }
        if case .keep = price { price = .set(nil) }
        if thumbnail == .keep { thumbnail = .set(nil) }
        if isFeatured == .keep { isFeatured = .set(false) }
        if isTrending == .keep { isTrending = .set(false) }
        if isOpen == .keep { isOpen = .set(false) }
        if completionThreshold == .keep { completionThreshold = .set(100) }
        if tags == .keep { tags = .set([]) }
        if seatLimit == .keep { seatLimit = .set(nil) }
    }
}

extension FieldRule where Self == TextRule {
    /// The title of a course.
    static var courseTitle: TextRule { .text(3...255, example: "Introduction to Swift") }
}

extension FieldRule where Self == ParsedRule<Slug> {
    /// The name of a course in its address.
    static var slug: ParsedRule<Slug> {
        .parsed(format: "slug", 1...255, example: Slug.example.description, placeholder: .example) { Slug($0) }
    }
}
