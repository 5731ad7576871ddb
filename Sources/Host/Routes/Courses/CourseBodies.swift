// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A course without its modules; the same for everybody who may see it.
struct CourseBody: ResponseBody {
    let id: Course.ID
    let version: Int
    private let facts: Facts

    private struct Facts: Sendable {
        var slug = Slug.example.description
        var title = "Introduction to Swift"
        var description = "From the first line to a small server."
        var category: String? = "Programming"
        var level: Course.Level? = .beginner
        var price: Money? = Money(minorUnits: 1250, currency: .usDollar)
        var thumbnail: String? = "https://cdn.example.org/swift.png"
        var status = Course.Status.published
        var isFeatured = false
        var isTrending = true
        var isOpen = false
        var completionThreshold = 100
        var tags = ["swift"]
        var seatLimit: Int? = 200
        var instructors = [Principal.ID(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057))]
        var seatsTaken = 12
        var publishedLessons = 24
        var rating = Course.Rating(count: 4, sum: 18)
        var createdAt = Date(timeIntervalSince1970: 1_800_000_000)
        var updatedAt = Date(timeIntervalSince1970: 1_800_000_000)
        var publishedAt: Date? = Date(timeIntervalSince1970: 1_800_000_000)
        var edition = 1
        var isTemplate = false
    }

    init(_ course: Course) {
        id = course.id
        version = course.version
        facts = Facts(
            slug: course.slug.description,
            title: course.title,
            description: course.description,
            category: course.category,
            level: course.level,
            price: course.price,
            thumbnail: course.thumbnail,
            status: course.status,
            isFeatured: course.isFeatured,
            isTrending: course.isTrending,
            isOpen: course.isOpen,
            completionThreshold: course.completionThreshold,
            tags: course.tags,
            seatLimit: course.seatLimit,
            instructors: course.instructors,
            seatsTaken: course.seatsTaken,
            publishedLessons: course.publishedLessons,
            rating: course.rating,
            createdAt: course.createdAt,
            updatedAt: course.updatedAt,
            publishedAt: course.publishedAt,
            edition: course.edition,
            isTemplate: course.isTemplate
        )
    }

    private init(facts: Facts) {
        id = Course.ID(UUID(high: 0x0189_0A5D_AC96_7001, low: 0xBCCE_B302_099A_8057))
        version = 3
        self.facts = facts
    }

    static var example: CourseBody { CourseBody(facts: Facts()) }
    static var variations: [CourseBody] {
        var facts = Facts()
        (facts.category, facts.level, facts.price, facts.thumbnail) = (nil, nil, nil, nil)
        (facts.seatLimit, facts.publishedAt, facts.rating) = (nil, nil, Course.Rating(count: 0, sum: 0))
        return [CourseBody(facts: facts)]
    }

    var etag: ETag { ETag(version: version, of: id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    /// Writes the members alone, for a body that has more.
    func writeFields(to object: inout JSONWriter) {
        object.field("id", id)
        object.field("slug", facts.slug)
        object.field("title", facts.title)
        object.field("description", facts.description)
        object.field("category", facts.category)
        object.field("level", facts.level?.rawValue)
        object.field("price", facts.price)
        object.field("isFree", facts.price == nil)
        object.field("thumbnailUrl", facts.thumbnail)
        object.field("status", facts.status.rawValue)
        object.field("isFeatured", facts.isFeatured)
        object.field("isTrending", facts.isTrending)
        object.field("isOpen", facts.isOpen)
        object.field("completionThreshold", facts.completionThreshold)
        object.field("tags", facts.tags)
        object.field("instructorIds", facts.instructors)
        object.field("seatLimit", facts.seatLimit)
        object.field("enrollmentCount", facts.seatsTaken)
        object.field("lessonCount", facts.publishedLessons)
        object.field(
            "rating",
            object: { rating in
                rating.field("count", facts.rating.count)
                rating.field("average", facts.rating.averageInHundredths.map { Double($0) / 100 })
            }
        )
        object.field("version", version)
        object.field("versionNumber", facts.edition)
        object.field("isTemplate", facts.isTemplate)
        object.field("createdAt", facts.createdAt)
        object.field("updatedAt", facts.updatedAt)
        object.field("publishedAt", facts.publishedAt)
    }
}

/// A course with its modules and lessons, without the lessons' content.
struct CourseDetailBody: ResponseBody {
    let course: CourseBody
    let modules: [ModuleBody]

    init(_ outline: CourseOutline) {
        course = CourseBody(outline.course)
        modules = outline.modules.map(ModuleBody.init)
    }

    private init(course: CourseBody, modules: [ModuleBody]) {
        self.course = course
        self.modules = modules
    }

    static var example: CourseDetailBody { CourseDetailBody(course: .example, modules: [.example]) }
    static var variations: [CourseDetailBody] {
        CourseBody.variations.map { CourseDetailBody(course: $0, modules: ModuleBody.variations) }
    }

    var etag: ETag { ETag(version: course.version, of: course.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            course.writeFields(to: &object)
            object.field("modules", modules)
        }
    }
}

/// `GET …/is-free`.
struct IsFreeBody: ResponseBody {
    let courseId: Course.ID
    let isFree: Bool

    static var example: IsFreeBody { IsFreeBody(courseId: CourseBody.example.id, isFree: true) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", courseId)
            object.field("isFree", isFree)
        }
    }
}

/// `GET …/is-published`.
struct IsPublishedBody: ResponseBody {
    let courseId: Course.ID
    let isPublished: Bool

    static var example: IsPublishedBody { IsPublishedBody(courseId: CourseBody.example.id, isPublished: true) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", courseId)
            object.field("isPublished", isPublished)
        }
    }
}

/// The reply to `POST /api/v1/courses/admin/bulk-status`.
struct BulkStatusResultsBody: ResponseBody {
    let results: [BulkStatusResult]

    static var example: BulkStatusResultsBody {
        BulkStatusResultsBody(results: [BulkStatusResult(course: CourseBody.example.id, outcome: .changed)])
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("results", results.map(Item.init)) }
    }

    private struct Item: JSONWritable {
        let result: BulkStatusResult

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("courseId", result.course)
                object.field("outcome", result.outcome.rawValue)
            }
        }
    }
}

/// The reply to `PATCH /api/v1/courses/admin/bulk-status`.
struct BulkStatusBody: ResponseBody {
    /// Those that had another status before.
    let changed: [Course.ID]

    static var example: BulkStatusBody { BulkStatusBody(changed: [CourseBody.example.id]) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("changed", changed) }
    }
}
