// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Records what learners do in lessons, and shows it.
///
/// A report is one round trip: its statements lock the enrollment, check who reports and that the lesson is one of the
/// course, record it and count it in one transaction. Sending it again changes nothing.
public struct ProgressRecords: Sendable {
    /// The most lessons that one call may complete.
    public static let batchLimit = 500
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameter clock: Dates what happens.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// Records a report on one lesson.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - enrollment: Whose place it belongs to.
    ///   - tenant: The tenant.
    ///   - principal: Who reports: the learner, or somebody who may write everybody's progress.
    ///   - tenants: Runs the transaction.
    /// - Returns: The enrollment and the lesson after it, once they are durable.
    /// - Throws: `ProgressError.notFound`; `.forbidden`; `.notActive`; `.lessonNotFound`; `.notYetAvailable`; `.quizNotPassed`,
    ///   `.assignmentNotDone` or `.mediaNotWatched` for a learner who completes what these complete. After `.database(.unknownOutcome)` the report may be sent again.
    public func record(
        _ report: LessonReport,
        on enrollment: Enrollment.ID,
        at tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(ProgressError) -> RecordedProgress {
        let owner = try owner(for: principal)
        return try await ProgressError.translating {
            let now = clock.now()
            let replies = try await tenants.write(
                [
                    .lockEnrollment(enrollment, owner: owner),
                    .recordProgress(report, on: enrollment, owner: owner, by: principal, at: now),
                ],
                for: tenant,
                as: principal
            )
            guard let row = replies[1].only else { throw ProgressError.notFound }
            if report.isCompleting {
                try await refuse(
                    row,
                    [report.lesson],
                    on: enrollment,
                    owner,
                    tenants.reader(for: tenant, as: principal)
                )
            }
            var fields = RowFields(row)
            let before: Enrollment.Status = try fields.next()
            let after = try Self.enrollment(in: row, fields: &fields, before: before)
            tenants.announce([.news(of: after.id.uuid), .news(of: after.course.uuid)], of: tenant)
            return RecordedProgress(
                enrollment: after,
                lesson: try LessonProgress(fields: &fields),
                completedCourse: before == .active && after.status == .completed
            )
        }
    }

    /// Completes several lessons: all of them or none.
    ///
    /// - Parameters:
    ///   - lessons: 1–500 published lessons of the course, in the order they were done.
    ///   - enrollment: Whose place it belongs to.
    ///   - tenant: The tenant.
    ///   - principal: Who reports: the learner, or somebody who may write everybody's progress.
    ///   - tenants: Runs the transaction.
    /// - Returns: The enrollment after it, once it is durable.
    /// - Throws: `ProgressError.notFound`; `.forbidden`; `.notActive`; `.lessonNotFound`; `.notYetAvailable`; `.quizNotPassed`;
    ///   `.assignmentNotDone`; `.mediaNotWatched`; `.tooManyLessons`.
    public func complete(
        _ lessons: [Lesson.ID],
        on enrollment: Enrollment.ID,
        at tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(ProgressError) -> Enrollment {
        let owner = try owner(for: principal)
        var seen: Set<Lesson.ID> = []
        let distinct = lessons.filter { seen.insert($0).inserted }
        guard distinct.count <= Self.batchLimit else { throw .tooManyLessons(limit: Self.batchLimit) }
        return try await ProgressError.translating {
            let now = clock.now()
            let replies = try await tenants.write(
                [
                    .lockEnrollment(enrollment, owner: owner),
                    .completeLessons(
                        distinct,
                        on: enrollment,
                        owner: owner,
                        heedsWork: owner != nil,
                        by: principal,
                        at: now
                    ),
                ],
                for: tenant,
                as: principal
            )
            guard let row = replies[1].only else { throw ProgressError.notFound }
            try await refuse(row, distinct, on: enrollment, owner, tenants.reader(for: tenant, as: principal))
            var fields = RowFields(row)
            let before: Enrollment.Status = try fields.next()
            let after = try Self.enrollment(in: row, fields: &fields, before: before)
            tenants.announce([.news(of: after.id.uuid), .news(of: after.course.uuid)], of: tenant)
            return after
        }
    }

    /// Shows how far a learner is, in one round trip.
    ///
    /// - Parameters:
    ///   - enrollment: Whose place.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The progress in each module and lesson.
    /// - Throws: `ProgressError.notFound` unless the reader is the learner or may see the course's enrollments.
    public func fetch(_ enrollment: Enrollment.ID, reader: TenantReader) async throws(ProgressError) -> CourseProgress {
        try await ProgressError.translating {
            let rows = try await reader.read([
                .selectEnrollment(enrollment, for: reader.principal.user),
                .selectProgress(of: enrollment, at: clock.now()),
            ])
            do {
                let listing = try Enrollments.visible(rows[0], to: reader.principal)
                return CourseProgress(listing: listing, steps: try rows[1].map(CourseProgress.Step.init(row:)))
            } catch EnrollmentError.notFound {
                throw ProgressError.notFound
            }
        }
    }

    /// Whose progress a principal may write: `nil` is everybody's.
    private func owner(for principal: Principal) throws(ProgressError) -> Principal.ID? {
        if principal.may(.progressWrite, on: .foreign) { return nil }
        guard principal.may(.progressWrite, on: .own), let user = principal.user else { throw .forbidden }
        return user
    }

    /// Says that work in a lesson is why a learner's report was not recorded, if it is; one more read where nothing was recorded.
    private func refuse(
        _ row: Row,
        _ lessons: [Lesson.ID],
        on enrollment: Enrollment.ID,
        _ owner: Principal.ID?,
        _ reader: TenantReader
    ) async throws {
        let recorded: Enrollment.ID? = try row[1]
        let availableAt: Date? = try row["available_at"]
        guard recorded == nil, availableAt == nil, let owner else { return }
        let waiting = try await reader.read(.selectWaiting(lessons, on: enrollment, owner: owner, at: clock.now()))
        guard let work: LessonWork = try waiting.only?[0] else { return }
        switch work {
        case .quiz: throw ProgressError.quizNotPassed
        case .assignment: throw ProgressError.assignmentNotDone
        case .media: throw ProgressError.mediaNotWatched
        }
    }

    private static func enrollment(
        in row: Row,
        fields: inout RowFields,
        before: Enrollment.Status
    ) throws -> Enrollment {
        let recorded: Enrollment.ID? = try row[1]
        guard recorded != nil else {
            switch before {
            case .active, .completed:
                let instant: Date? = try row["available_at"]
                throw instant.map(ProgressError.notYetAvailable) ?? .lessonNotFound
            case .pendingPayment, .dropped, .expired, .migrated: throw ProgressError.notActive(before)
            }
        }
        return try Enrollment(fields: &fields)
    }
}
