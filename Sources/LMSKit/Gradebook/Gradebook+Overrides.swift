// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Gradebook {
    /// Puts points in the place of a learner's score, or takes that back; the score itself stays.
    ///
    /// - Parameters:
    ///   - score: The points; `nil` to have the score count again.
    ///   - learner: The learner, whose place is locked.
    ///   - item: The item.
    ///   - reason: Why, 1–500 characters; the learner does not see it.
    ///   - version: The version of the grade that the caller read, 0 for none; `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The learner with all of their grades.
    /// - Throws: `GradebookError.itemNotFound`; `.forbidden` without `grade:manage` on the course, and for one's own grade;
    ///   `.learnerNotFound`; `.scoreTooHigh`; `.versionMismatch`; `.invalid`.
    public func override(
        _ score: Points?,
        of learner: Principal.ID,
        in item: GradeItem.ID,
        because reason: String,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> LearnerGrades {
        let principal = session.principal
        return try await GradebookError.translating {
            let graded = try await require(.gradeManage, item, session: session)
            try Gradebook.refuseOwn([learner], by: principal)
            if let score, score > graded.draft.maxPoints {
                throw GradebookError.scoreTooHigh(limit: graded.draft.maxPoints)
            }
            let places = try await session.execute(.lockGradedPlaces(of: [learner], in: graded.course))
            guard places.only != nil else { throw GradebookError.learnerNotFound }
            if let version { try await require([learner: version], in: graded, session: session) }
            try await session.batch([
                .overrideGrade(score, of: learner, in: item, because: reason, by: principal, at: clock.now()),
                audit.recording(AuditEvent("grade.overridden", on: item), by: principal),
            ])
            return try await fetch(learner, in: graded.course, session: session)
        }
    }

    /// Puts a percentage in the place of what a learner's grades come to in a course, or takes that back.
    ///
    /// - Parameters:
    ///   - percentage: The percentage, 0 through 200; `nil` to have the grades count again.
    ///   - learner: The learner, whose place is locked.
    ///   - course: The course.
    ///   - reason: Why, 1–500 characters; the learner does not see it.
    ///   - version: The version of the override that the caller read, 0 for none; `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The learner with all of their grades.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:manage` on the course, and for one's own grade;
    ///   `.learnerNotFound`; `.versionMismatch`; `.invalid`.
    public func override(
        _ percentage: GradePercentage?,
        of learner: Principal.ID,
        in course: Course.ID,
        because reason: String,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> LearnerGrades {
        let principal = session.principal
        return try await GradebookError.translating {
            let replies = try await session.batch([
                .selectCourse(course), .lockGradedPlaces(of: [learner], in: course),
            ])
            _ = try Gradebook.require(.gradeManage, on: replies[0], by: principal)
            try Gradebook.refuseOwn([learner], by: principal)
            guard replies[1].only != nil else { throw GradebookError.learnerNotFound }
            if let version {
                let rows = try await session.execute(.selectCourseGradeOverrideVersion(of: learner, in: course))
                let current: Int = try rows.only.map { row in try row[0] } ?? 0
                guard current == version else { throw GradebookError.versionMismatch(current: current) }
            }
            try await session.batch([
                .overrideCourseGrade(
                    percentage,
                    of: learner,
                    in: course,
                    because: reason,
                    by: principal,
                    at: clock.now()
                ),
                .putCourseGradeOverride(percentage, of: learner, in: course),
                audit.recording(AuditEvent("grade.course_overridden", on: course), by: principal),
            ])
            return try await fetch(learner, in: course, session: session)
        }
    }

    /// Lets learners see the grades of an item, or keeps them from it.
    ///
    /// Releasing tells each learner whose grade they could not see before. Doing either again changes nothing.
    ///
    /// - Parameters:
    ///   - item: The item; its course and the places in it are locked.
    ///   - visibility: Which of both.
    ///   - session: The tenant's open transaction.
    /// - Returns: The item.
    /// - Throws: `GradebookError.itemNotFound`; `.forbidden` without `grade:manage` on the course.
    public func show(
        _ item: GradeItem.ID,
        _ visibility: Visibility,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeItem {
        let principal = session.principal
        return try await GradebookError.translating {
            let graded = try await lock(item, session: session)
            let now = clock.now()
            var statements: [SQL] = [.muteGradeItem(item, isMuted: visibility == .muted, at: now)]
            if visibility == .released {
                statements += [
                    .lockEnrollments(of: graded.course),
                    .releaseGrades(of: graded.course, .item(item), by: principal, at: now),
                ]
            }
            statements.append(recordingUpdate(of: graded.course, by: principal))
            statements.append(
                visibility == .muted
                    ? audit.recording(AuditEvent("grade_item.muted", on: item), by: principal)
                    : audit.recording(AuditEvent("grade_item.released", on: item), by: principal)
            )
            guard let row = try await session.batch(statements + [.selectGradeItem(item)]).last?.only else {
                throw GradebookError.itemNotFound
            }
            return try GradeItem(row: row)
        }
    }

    /// Lets learners see the grades of a course, but for those of muted items, or keeps them from all.
    ///
    /// - Parameters:
    ///   - course: The course, which is locked with the places in it.
    ///   - visibility: Which of both.
    ///   - session: The tenant's open transaction.
    /// - Returns: The gradebook.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:manage` on the course.
    public func show(
        _ course: Course.ID,
        _ visibility: Visibility,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> CourseGradebook {
        let principal = session.principal
        return try await GradebookError.translating {
            let found = try await session.batch([.lockGradedCourse(course), .selectCourse(course)])
            _ = try Gradebook.require(.gradeManage, on: found.last, by: principal)
            let now = clock.now()
            var statements: [SQL] = [.muteGradebook(of: course, isMuted: visibility == .muted, at: now)]
            if visibility == .released {
                statements += [
                    .lockEnrollments(of: course), .releaseGrades(of: course, .course, by: principal, at: now),
                ]
            }
            statements.append(recordingUpdate(of: course, by: principal))
            statements.append(
                visibility == .muted
                    ? audit.recording(AuditEvent("gradebook.muted", on: course), by: principal)
                    : audit.recording(AuditEvent("gradebook.released", on: course), by: principal)
            )
            let replies = try await session.batch(statements + SQL.selectGradebook(of: "\(course)"))
            return try CourseGradebook(course: course, replies.suffix(3))
        }
    }

    /// Whether learners see grades.
    public enum Visibility: Sendable, Hashable {
        /// They do.
        case released
        /// They do not.
        case muted
    }
}
