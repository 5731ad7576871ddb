// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Completes courses whose rule asks for more than lessons.
///
/// It reacts to everything that may have been the last thing missing, so that whoever records progress or a grade need not
/// know of the rule, and nothing is forgotten if a process ends in between. What was completed stays completed.
public struct Completions: Sendable {
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameter clock: Dates what happens.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    private static let place: Set<EventType> = [
        .progressUpdated, .gradeChanged, .gradeReleased, .enrollmentCreated, .enrollmentActivated,
        .enrollmentMigrated,
    ]
    /// How many learners are decided on by one statement.
    private static let pageSize = 500

    /// Reacts to grades, progress and rules in the transaction that notes it.
    public var consumer: EventConsumer {
        EventConsumer("completions", to: Completions.place.union([.gradebookUpdated, .courseUpdated]), replays: .taken)
        {
            event,
            session in
            guard let course = event.payload["courseId"]?.text.flatMap(Course.ID.init) else { return }
            guard Completions.place.contains(where: { $0.name == event.type }) else {
                if let due = try await decide(in: course, session: session) {
                    try await session.execute(.enqueueJob(.completionDecision, course.uuid, at: due))
                }
                return
            }
            guard let place = event.payload["enrollmentId"]?.text.flatMap(Enrollment.ID.init) else { return }
            try await decide(on: place, in: course, session: session)
        }
    }

    /// Completes all places of a course that did enough by its rule: after the rule changed, and when work is due that counts something
    /// though it is missing.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - session: The tenant's open transaction. The places are locked until it ends.
    /// - Returns: When to decide again, because other work is due then; `nil` if nothing changes with time.
    /// - Throws: `DatabaseError` if the server refused it.
    public func decide(in course: Course.ID, session: borrowing TenantSession) async throws -> Date? {
        let book = try await decide(on: nil, in: course, session: session)
        return book.nextCredit(after: clock.now())
    }

    /// Completes the places of a course that did enough by its rule; nothing without a rule.
    ///
    /// - Parameters:
    ///   - place: The one place that is decided on; `nil` for all.
    ///   - course: The course.
    ///   - session: The tenant's open transaction. The places are locked until it ends.
    /// - Returns: The gradebook by which it decided.
    /// - Throws: `DatabaseError` if the server refused it.
    @discardableResult
    private func decide(
        on place: Enrollment.ID?,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws -> CourseGradebook {
        let book = try CourseGradebook(
            course: course,
            try await session.batch(SQL.selectGradebook(of: "\(course)"))[...]
        )
        let rule = book.setup.completion
        guard rule != CompletionRule() else { return book }
        var after: Enrollment.ID?
        while true {
            let replies = try await session.batch([
                .lockActivePlaces(of: course, place: place, after: after, limit: Completions.pageSize),
                .selectGradeGrid(
                    of: "\(course)",
                    place: place,
                    onlyActive: true,
                    after: after,
                    limit: Completions.pageSize
                ),
            ])
            let now = clock.now()
            var learners: [Enrollment.ID: LearnerGrades] = [:]
            for row in replies[1] {
                let learner = try LearnerGrades(row: row, in: book, .decided, at: now)
                learners[learner.enrollment] = learner
            }
            var completed: [Enrollment.ID] = []
            for row in replies[0] {
                var fields = RowFields(row)
                let id: Enrollment.ID = try fields.next()
                after = id
                guard let learner = learners[id] else { continue }
                let facts = CompletionPolicy.Facts(
                    completedLessons: try fields.next(),
                    publishedLessons: try fields.next(),
                    lessonThreshold: try fields.next(),
                    grade: learner.sum.override ?? learner.sum.final,
                    hasMandatoryItems: book.items.contains(where: \.isAskedFor),
                    settledMandatoryItems: book.items.allSatisfy { $0.isSettled(by: learner.grades[$0.id]) }
                )
                if CompletionPolicy.isCompleted(facts, by: rule) { completed.append(id) }
            }
            if !completed.isEmpty {
                try await session.execute(.completePlaces(completed, by: session.principal, at: now))
            }
            guard place == nil, replies[0].count == Completions.pageSize else { return book }
        }
    }
}

extension CourseGradebook {
    /// When the next work is due for which its learners get something though it is missing, so that one may have reached the grade.
    fileprivate func nextCredit(after now: Date) -> Date? {
        guard setup.completion.minimumGrade != nil, setup.missingWork.credit > .zero else { return nil }
        let due = items.compactMap { $0.draft.isPublished ? $0.draft.dueAt : nil }.filter { $0 >= now }.min()
        // What is due at a moment is missing after it.
        return due?.addingTimeInterval(1)
    }
}

extension GradeItem {
    /// Whether it is mandatory, and learners know of it.
    fileprivate var isAskedFor: Bool { draft.isMandatory && draft.isPublished }

    /// Whether a learner did what the item asks for, if it is mandatory.
    fileprivate func isSettled(by grade: Grade?) -> Bool {
        guard isAskedFor else { return true }
        guard let grade else { return false }
        return grade.override != nil || grade.score != nil || grade.status == .excused
    }
}

extension SQL {
    fileprivate static func lockActivePlaces(
        of course: Course.ID,
        place: Enrollment.ID?,
        after: Enrollment.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT e.id, e.completed_lessons, c.published_lessons, c.completion_threshold
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.course_id = \(course) AND e.status = 'active' AND (\(place)::uuid IS NULL OR e.id = \(place))
          AND (\(after)::uuid IS NULL OR e.id > \(after))
        ORDER BY e.id LIMIT \(limit) FOR NO KEY UPDATE OF e
        """
    }

    fileprivate static func completePlaces(_ ids: [Enrollment.ID], by principal: Principal, at instant: Date) -> SQL {
        let event = recordingCompletion(by: principal, at: instant)
        let statement: SQL = """
            WITH u AS (
                UPDATE enrollments SET status = 'completed', completed_at = \(instant)
                WHERE id = ANY(\(ids)) AND status = 'active' RETURNING id, user_id, course_id
            )
            SELECT count(\(event)) FROM u
            """
        return statement.announcing(.events)
    }
}
