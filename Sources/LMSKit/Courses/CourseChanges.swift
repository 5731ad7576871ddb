// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a new course starts with; the rest has the defaults of a draft.
public struct NewCourse: Sendable {
    /// The title, 3–255 characters.
    public var title: String
    /// The slug; made from the title, and then made unique, if it is `nil`.
    public var slug: Slug?
    /// Everything else.
    public var changes: CourseChanges

    /// Describes a new course.
    ///
    /// - Parameters:
    ///   - title: The title, 3–255 characters.
    ///   - slug: The slug; made from the title if it is `nil`.
    ///   - changes: Whatever else is known; its title, slug and status are not looked at.
    public init(title: String, slug: Slug? = nil, changes: CourseChanges = CourseChanges()) {
        self.title = title
        self.slug = slug
        self.changes = changes
    }
}

/// What an update does to a course.
public struct CourseChanges: Sendable {
    /// The title, 3–255 characters.
    public var title: Change<String> = .keep
    /// The slug.
    public var slug: Change<Slug> = .keep
    /// The description, at most 20,000 characters.
    public var description: Change<String> = .keep
    /// The heading it is listed under, 1–100 characters.
    public var category: Change<String?> = .keep
    /// Whom it is for.
    public var level: Change<Course.Level?> = .keep
    /// What it costs; zero means free.
    public var price: Change<Money?> = .keep
    /// The address of its picture.
    public var thumbnail: Change<String?> = .keep
    /// Whether it is offered; to and from `published` needs `course:publish`.
    public var status: Change<Course.Status> = .keep
    /// Whether the catalog puts it forward.
    public var isFeatured: Change<Bool> = .keep
    /// Whether the catalog marks it as popular now.
    public var isTrending: Change<Bool> = .keep
    /// Whether its lessons may be read without enrolling.
    public var isOpen: Change<Bool> = .keep
    /// The percentage of published lessons that completes it, 1–100.
    public var completionThreshold: Change<Int> = .keep
    /// Free words to find it by, at most 30.
    public var tags: Change<[String]> = .keep
    /// How many learners it takes; at least as many as have a seat.
    public var seatLimit: Change<Int?> = .keep
    /// Who teaches it, 1–20 users.
    public var instructors: Change<[Principal.ID]> = .keep

    /// Describes an update that changes nothing yet.
    public init() {}

    func apply(to course: inout Course) {
        course.title = title.applied(to: course.title)
        course.slug = slug.applied(to: course.slug)
        course.description = description.applied(to: course.description)
        course.category = category.applied(to: course.category)
        course.level = level.applied(to: course.level)
        course.price = price.applied(to: course.price).flatMap { $0.minorUnits == 0 ? nil : $0 }
        course.thumbnail = thumbnail.applied(to: course.thumbnail)
        course.status = status.applied(to: course.status)
        course.isFeatured = isFeatured.applied(to: course.isFeatured)
        course.isTrending = isTrending.applied(to: course.isTrending)
        course.isOpen = isOpen.applied(to: course.isOpen)
        course.completionThreshold = completionThreshold.applied(to: course.completionThreshold)
        course.tags = tags.applied(to: course.tags)
        course.seatLimit = seatLimit.applied(to: course.seatLimit)
        course.instructors = instructors.applied(to: course.instructors)
    }
}
