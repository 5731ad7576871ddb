// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
package import LMSTenancy

/// What quizzes and assignments tell the gradebook, in their own transactions.
///
/// Nobody is authorized here: whoever calls has decided who may change the quiz, or hand in.
extension Gradebook {
    /// Returns the statements that keep a quiz's or an assignment's item, for a batch.
    ///
    /// The first puts the item there or brings its title, points, due date and publication up to date; how it counts is the
    /// gradebook's and stays. The last two release what was graded while it was not published, if it is now and nothing mutes it.
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - subject: The quiz or the assignment.
    ///   - course: Its course, whose row the caller has locked.
    ///   - draft: What it is; its category, position and how it counts are taken for a new item only.
    ///   - principal: Who acts.
    /// - Returns: Four statements; the first returns the item's identifier, and no row if the course has too many.
    package func puttingItem(
        for subject: GradeSubject,
        in course: Course.ID,
        _ draft: GradeItemDraft,
        by principal: Principal
    ) -> [SQL] {
        let now = clock.now()
        return [
            .putGradeItem(identifiers.next(), for: subject, in: course, draft, at: now),
            recordingUpdate(of: course, by: principal), .lockPlacesToRelease(of: course, .subject(subject)),
            .releaseGrades(of: course, .subject(subject), by: principal, at: now),
        ]
    }

    /// Keeps a quiz's or an assignment's item, see `puttingItem(for:in:_:by:)`; locks the course.
    ///
    /// - Parameters:
    ///   - subject: The quiz or the assignment.
    ///   - course: Its course.
    ///   - draft: What it is.
    ///   - session: The tenant's open transaction.
    /// - Returns: The item.
    /// - Throws: `GradebookError.courseNotFound`; `.tooManyItems`; `.invalid`.
    @discardableResult
    package func putItem(
        for subject: GradeSubject,
        in course: Course.ID,
        _ draft: GradeItemDraft,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeItem.ID {
        try await GradebookError.translating {
            let replies = try await session.batch(
                [.lockGradedCourse(course)] + puttingItem(for: subject, in: course, draft, by: session.principal)
            )
            guard replies[0].only != nil else { throw GradebookError.courseNotFound }
            guard let row = replies[1].only else { throw GradebookError.tooManyItems(limit: Gradebook.itemLimit) }
            return try row[0]
        }
    }

    /// Returns the statements that take a quiz's or an assignment's item away: it is deleted if nobody has a grade in it, else
    /// nobody sees it any more and it does not count.
    ///
    /// - Parameters:
    ///   - subject: The quiz or the assignment.
    ///   - course: Its course, whose row the caller has locked.
    ///   - principal: Who acts.
    /// - Returns: Statements for a batch.
    package func removingItem(for subject: GradeSubject, in course: Course.ID, by principal: Principal) -> [SQL] {
        [
            .deleteUnusedGradeItem(of: subject), .retireGradeItem(of: subject, at: clock.now()),
            recordingUpdate(of: course, by: principal),
        ]
    }

    /// Returns the statements that give a learner the score of a quiz or an assignment, for a batch.
    ///
    /// The first locks the learner's place in the course, under which all their grades change. Giving the same score again
    /// changes nothing and records no event. Who is excused stays excused, and an override keeps counting.
    ///
    /// - Parameters:
    ///   - score: The points.
    ///   - isLate: Whether it was handed in late; what that costs is in the points already.
    ///   - learner: The learner.
    ///   - subject: The quiz or the assignment, which has an item.
    ///   - principal: Who acts.
    /// - Returns: Two statements. `RecordedGrade` reads the row of the second.
    package func recording(
        _ score: Points,
        isLate: Bool = false,
        of learner: Principal.ID,
        for subject: GradeSubject,
        by principal: Principal
    ) -> [SQL] {
        [
            .lockGradedPlace(of: learner, subject: subject),
            .recordGrades(
                .gradeEntry(of: learner, subject: subject, status: isLate ? .late : .graded, score: score),
                from: .subject,
                by: principal,
                at: clock.now()
            ),
        ]
    }

    /// Gives a learner the score of a quiz or an assignment, see `recording(_:isLate:of:for:by:)`.
    ///
    /// - Parameters:
    ///   - score: The points.
    ///   - isLate: Whether it was handed in late.
    ///   - learner: The learner.
    ///   - subject: The quiz or the assignment, which has an item.
    ///   - session: The tenant's open transaction.
    /// - Returns: Whether it changed anything.
    /// - Throws: `GradebookError.learnerNotFound` if there is no such item or no such learner in its course;
    ///   `.scoreTooHigh`; `.invalid` for a negative score.
    @discardableResult
    package func record(
        _ score: Points,
        isLate: Bool = false,
        of learner: Principal.ID,
        for subject: GradeSubject,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> RecordedGrade {
        try await GradebookError.translating {
            let replies = try await session.batch(
                recording(score, isLate: isLate, of: learner, for: subject, by: session.principal)
            )
            guard let row = replies[1].only else { throw GradebookError.learnerNotFound }
            return try RecordedGrade(row: row)
        }
    }

    /// The statement that records that a course's gradebook was changed; the course's row is locked.
    func recordingUpdate(of course: Course.ID, by principal: Principal) -> SQL {
        let payload = [JSONMember("courseId", course)]
        let event = Event(identifiers.next(), .gradebookUpdated, of: course, payload: payload, at: clock.now())
        return .recordEvent(event, by: principal)
    }
}

extension RecordedGrade {
    /// Reads a row of `recordGrades`.
    ///
    /// - Parameter row: The row.
    /// - Throws: `GradebookError.scoreTooHigh` if nothing was recorded for that.
    package init(row: Row) throws {
        var fields = RowFields(row)
        item = try fields.next()
        learner = try fields.next()
        isChanged = try fields.next()
        let isTooHigh: Bool = try fields.next()
        guard !isTooHigh else { throw GradebookError.scoreTooHigh(limit: try fields.next()) }
    }
}
