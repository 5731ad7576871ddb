// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A course as its own page shows it, without modules and lessons.
public struct Course: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Course>
    /// The course's identifier.
    public let id: ID
    /// The name in its address, unique in the tenant.
    public var slug: Slug
    /// The title, 3–255 characters.
    public var title: String
    /// The description, at most 20,000 characters; may be empty.
    public var description: String
    /// The heading it is listed under.
    public var category: String?
    /// Whom it is for.
    public var level: Level?
    /// What it costs; `nil` if it is free, never zero.
    public var price: Money?
    /// The address of its picture.
    public var thumbnail: String?
    /// Whether it is offered.
    public var status: Status
    /// Whether the catalog puts it forward.
    public var isFeatured: Bool
    /// Whether the catalog marks it as popular now.
    public var isTrending: Bool
    /// Whether its lessons may be read without enrolling; only a free course can be open.
    public var isOpen: Bool
    /// The percentage of published lessons that completes the course, 1–100.
    public var completionThreshold: Int
    /// Free words to find it by.
    public var tags: [String]
    /// How many learners it takes; `nil` if it takes any number.
    public var seatLimit: Int?
    /// Who has a role in it, in the order of their assignment.
    public var staff: [CourseStaffMember]
    /// Raised by each change to the course, its modules or its lessons; for conditional updates.
    public var version: Int
    /// How many seats are taken.
    public let seatsTaken: Int
    /// How many of its lessons are published.
    public let publishedLessons: Int
    /// What its approved reviews say together.
    public let rating: Rating
    /// When it was created, UTC.
    public let createdAt: Date
    /// When it, a module or a lesson last changed, UTC.
    public var updatedAt: Date
    /// When it was first published, UTC.
    public var publishedAt: Date?
    /// The series of versions that it is of, named by the first of them; `nil` for a course that has no other version.
    public internal(set) var series: ID?
    /// Which version of its series it is, from 1.
    public internal(set) var edition = 1
    /// When a later version took its place, UTC; its learners keep it.
    public internal(set) var supersededAt: Date?
    /// Whether it is there to be copied, and never offered.
    public internal(set) var isTemplate = false

    /// Whether enrolling costs nothing.
    public var isFree: Bool { price == nil }
}

extension Course {
    /// The states of a course.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Being written; seen by its staff.
        case draft
        /// Waiting for somebody who may publish it; seen by its staff.
        case inReview = "in_review"
        /// In the catalog.
        case published
        /// No longer offered; its learners keep it.
        case archived
    }

    /// Whom a course is for.
    @nonexhaustive
    public enum Level: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        case beginner, intermediate, advanced
    }

    /// The sum of a course's approved reviews.
    public struct Rating: Sendable, Hashable {
        /// How many there are.
        public let count: Int
        /// The sum of their stars.
        public let sum: Int

        /// Sums reviews up.
        ///
        /// - Parameters:
        ///   - count: How many there are.
        ///   - sum: The sum of their stars.
        public init(count: Int, sum: Int) {
            self.count = count
            self.sum = sum
        }

        /// The average times one hundred, rounded half up; `nil` without reviews.
        public var averageInHundredths: Int? {
            count > 0 ? (sum * 200 + count) / (2 * count) : nil
        }
    }

    /// Who teaches it, in the order of their assignment; the first is the primary instructor.
    ///
    /// Setting it leaves everybody else's role as it is.
    public var instructors: [Principal.ID] {
        get { staff.filter { $0.role == .instructor }.map(\.user) }
        set {
            let others = staff.filter { $0.role != .instructor && !newValue.contains($0.user) }
            staff = newValue.map { CourseStaffMember($0, .instructor) } + others
        }
    }

    /// What somebody is in the course.
    ///
    /// - Parameter principal: Who asks.
    /// - Returns: Their role; `nil` if they have none.
    public func role(of principal: Principal) -> CourseRole? {
        principal.user.flatMap(role(of:))
    }

    /// What a user is in the course.
    ///
    /// - Parameter user: The user.
    /// - Returns: Their role; `nil` if they have none.
    public func role(of user: Principal.ID) -> CourseRole? {
        staff.first { $0.user == user }?.role
    }
}
