// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Creates, changes, publishes and deletes courses.
///
/// Every method acts as the session's principal and leaves the commit to the caller. A course that the principal may not
/// see is `CourseError.notFound`, exactly as one that never was.
public struct Courses: Sendable {
    /// The most courses that one bulk change may name.
    public static let bulkLimit = 100
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records who published and deleted what.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Creates a draft, taught by the one who creates it unless instructors are named.
    ///
    /// A slug made from the title gets a suffix if it is taken; one that was asked for does not.
    ///
    /// - Parameters:
    ///   - new: What the course starts with.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course, at version 1.
    /// - Throws: `CourseError.forbidden` without `course:create`, or if others are named as instructors without
    ///   `course:update` on any course; `.slugTaken`; `.slugMissing`; `.unknownInstructor`.
    public func create(_ new: NewCourse, session: borrowing TenantSession) async throws(CourseError) -> Course {
        guard session.principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        let me = session.principal.user.map { [$0] } ?? []
        let instructors = new.changes.instructors.applied(to: me)
        guard instructors == me || session.principal.may(.courseUpdate, on: .foreign) else { throw .forbidden }
        guard let slug = new.slug ?? Slug(from: new.title) else { throw .slugMissing }
        var course = Course(draft: identifiers.next(), slug: slug, title: new.title, instructors: me, at: clock.now())
        let draft = course
        new.changes.apply(to: &course)
        (course.title, course.slug, course.status) = (draft.title, draft.slug, .draft)
        return try await insert(course, isSlugChosen: new.slug != nil, session: session)
    }

    /// Changes a course.
    ///
    /// - Parameters:
    ///   - id: The course; its row is locked until the transaction ends.
    ///   - changes: What becomes of which property.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course at its next version.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:update`, or `course:publish` where the change
    ///   publishes or unpublishes, or if the instructors change and they may not arrange the staff (see `setRole`);
    ///   `.versionMismatch`; `.slugTaken`; `.seatLimitBelowTaken`; `.unknownInstructor`; `.instructorCount`;
    ///   `.pricedAndOpen`.
    public func update(
        _ id: Course.ID,
        _ changes: CourseChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        let old = try await lock(id, for: .courseUpdate, expecting: version, session: session)
        var new = old
        changes.apply(to: &new)
        guard old.instructors == new.instructors || (1...20).contains(new.instructors.count) else {
            throw .instructorCount
        }
        let isRestaffed = Set(old.instructors) != Set(new.instructors)
        if isRestaffed { try CoursePolicy.requireArranging(new.instructors, on: old, by: session.principal) }
        let permission = CoursePolicy.permission(from: old.status, to: new.status)
        if old.status != new.status { try CoursePolicy.require(permission, on: old, by: session.principal) }
        new.version += 1
        new.updatedAt = clock.now()
        if new.status == .published, new.publishedAt == nil { new.publishedAt = new.updatedAt }
        if old.status != new.status { try await succeed(&new, session: session) }
        var statements: [SQL] = [.updateCourse(new)]
        if isRestaffed {
            statements.append(.replaceInstructors(of: id, with: new.instructors))
            statements.append(.insertStaff(new.instructors, as: .instructor, of: id, at: new.updatedAt))
            statements.append(audit.recording(AuditEvent("course.staff_changed", on: id), by: session.principal))
        }
        statements.append(recording(.content, of: new, by: session.principal, at: new.updatedAt))
        if old.status != new.status {
            statements.append(audit.recording(new.status.event(on: id), by: session.principal))
            statements.append(recording(.status, of: new, by: session.principal, at: new.updatedAt))
            statements += recordingSuccession(of: new, by: session.principal, at: new.updatedAt)
        }
        if old.completionThreshold != new.completionThreshold {
            statements += SQL.recountLearners(of: id, by: session.principal, at: new.updatedAt)
        }
        try await run(statements, session: session)
        return new
    }

    /// Publishes a course, takes it back, or archives it.
    ///
    /// - Parameters:
    ///   - status: The status it gets; nothing happens if it has it already.
    ///   - id: The course; its row is locked until the transaction ends.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.versionMismatch`; `.approvalNeeded`; `.superseded`;
    ///   `.templateState`; `.versionInProgress`.
    public func setStatus(
        _ status: Course.Status,
        of id: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        var course = try await lock(id, for: nil, expecting: version, session: session)
        let permission = CoursePolicy.permission(from: course.status, to: status)
        try CoursePolicy.require(permission, on: course, by: session.principal)
        guard course.status != status else { return course }
        let now = clock.now()
        course.take(status, at: now)
        try await succeed(&course, session: session)
        try await run(
            [
                .updateStatus(status, of: [id], at: now),
                audit.recording(status.event(on: id), by: session.principal),
                recording(.status, of: course, by: session.principal, at: now),
            ] + recordingSuccession(of: course, by: session.principal, at: now),
            session: session
        )
        return course
    }

    /// Gives several courses a status: all of them or none.
    ///
    /// - Parameters:
    ///   - status: The status they get.
    ///   - ids: At most 100 courses; their rows are locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: Those that had another status before.
    /// - Throws: `CourseError.notFound` if one of them is unknown or secret; `.forbidden`; `.approvalNeeded`;
    ///   `.tooManyCourses`.
    public func setStatus(
        _ status: Course.Status,
        ofAll ids: [Course.ID],
        session: borrowing TenantSession
    ) async throws(CourseError) -> [Course.ID] {
        let ids = Array(Set(ids))
        guard ids.count <= Courses.bulkLimit else { throw .tooManyCourses(limit: Courses.bulkLimit) }
        let courses = try await rows(.lockCourses(ids), session: session)
        guard courses.count == ids.count else { throw .notFound }
        for course in courses {
            let permission = CoursePolicy.permission(from: course.status, to: status)
            try CoursePolicy.require(permission, on: course, by: session.principal)
        }
        let now = clock.now()
        let changed = courses.filter { $0.status != status }
        guard !changed.isEmpty else { return [] }
        try Courses.requireOneOfEachSeries(changed, becoming: status)
        var records: [SQL] = []
        for var course in changed {
            course.take(status, at: now)
            try await succeed(&course, session: session)
            records.append(audit.recording(status.event(on: course.id), by: session.principal))
            records.append(recording(.status, of: course, by: session.principal, at: now))
            records += recordingSuccession(of: course, by: session.principal, at: now)
        }
        try await run([.updateStatus(status, of: changed.map(\.id), at: now)] + records, session: session)
        return changed.map(\.id)
    }

    /// Refuses to publish two versions of a course at once: one statement cannot both publish a version and put it away.
    static func requireOneOfEachSeries(_ courses: [Course], becoming status: Course.Status) throws(CourseError) {
        let series = courses.compactMap(\.series)
        guard status != .published || Set(series).count == series.count else { throw .versionInProgress }
    }

    /// Deletes a course with its modules, lessons, enrollments and reviews.
    ///
    /// - Parameters:
    ///   - id: The course.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:delete`; `.versionMismatch`; `.versionInUse` for one that replaced another
    ///   version, or to which learners were moved: their places elsewhere lead there.
    public func delete(
        _ id: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let course = try await lock(id, for: .courseDelete, expecting: version, session: session)
        if course.series != nil {
            let isInUse: Bool = try await CourseError.translating {
                try await session.execute(.selectIsInUse(version: id)).only?[0] ?? false
            }
            guard !isInUse else { throw .versionInUse }
        }
        try await run(
            [
                .lockEnrollments(of: id), .lockSharedFiles, .handOverFiles(of: id), .deleteCourse(id),
                audit.recording(AuditEvent("course.deleted", on: course.id), by: session.principal),
                recording(.courseDeleted, of: id, by: session.principal, at: clock.now()),
            ],
            session: session
        )
    }
}

extension Courses {
    /// Locks a course for a change and refuses those who may not make it.
    ///
    /// - Parameters:
    ///   - id: The course.
    ///   - permission: What the principal needs; `nil` if the caller checks.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course as it is now.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.versionMismatch`.
    func lock(
        _ id: Course.ID,
        for permission: Permission?,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        guard let course = try await rows(.lockCourses([id]), session: session).first else { throw .notFound }
        if let permission { try CoursePolicy.require(permission, on: course, by: session.principal) }
        try CoursePolicy.require(version: version, of: course)
        return course
    }

    func insert(
        _ course: Course,
        isSlugChosen: Bool,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        var course = course
        let base = course.slug
        // The database says whether a slug is free; a random suffix needs no second look in practice.
        for attempt in 0..<5 {
            if attempt > 0 { course.slug = base.suffixed(String(identifiers.next(Course.self).description.suffix(6))) }
            let isInserted: Bool = try await CourseError.translating {
                try await !session.execute(.insertCourse(course)).isEmpty
            }
            if isInserted {
                try await run(
                    [
                        .insertStaff(course.instructors, as: .instructor, of: course.id, at: course.createdAt),
                        audit.recording(AuditEvent("course.created", on: course.id), by: session.principal),
                        recording(.created, of: course, by: session.principal, at: course.createdAt),
                    ],
                    session: session
                )
                return course
            }
            if isSlugChosen { break }
        }
        throw .slugTaken
    }

    func rows(_ statement: SQL, session: borrowing TenantSession) async throws(CourseError) -> [Course] {
        try await CourseError.translating { try await session.execute(statement).map(Course.init(row:)) }
    }

    func run(_ statements: [SQL], session: borrowing TenantSession) async throws(CourseError) {
        _ = try await CourseError.translating { try await session.batch(statements) }
    }
}

extension Course {
    init(draft id: ID, slug: Slug, title: String, instructors: [Principal.ID], at instant: Date) {
        self.id = id
        self.slug = slug
        self.title = title
        description = ""
        status = .draft
        isFeatured = false
        isTrending = false
        isOpen = false
        completionThreshold = 100
        tags = []
        staff = instructors.map { CourseStaffMember($0, .instructor) }
        version = 1
        seatsTaken = 0
        publishedLessons = 0
        rating = Rating(count: 0, sum: 0)
        createdAt = instant
        updatedAt = instant
    }
}

extension Course {
    /// Gets a status, as `updateStatus` does it.
    mutating func take(_ status: Status, at instant: Date) {
        self.status = status
        version += 1
        updatedAt = instant
        if status == .published, publishedAt == nil { publishedAt = instant }
    }
}

extension Course.Status {
    /// What the audit log calls the change to this status.
    func event(on course: Course.ID) -> AuditEvent {
        switch self {
        case .draft: AuditEvent("course.drafted", on: course)
        case .inReview: AuditEvent("course.submitted", on: course)
        case .published: AuditEvent("course.published", on: course)
        case .archived: AuditEvent("course.archived", on: course)
        }
    }
}
