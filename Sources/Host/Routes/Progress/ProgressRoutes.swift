// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What learners do in lessons.
struct ProgressRoutes: Sendable {
    let progress: ProgressRecords
    private static let problems: [ProblemCode] = [
        .enrollmentNotFound, .lessonNotFound, .notYetAvailable, .paymentNeeded, .enrollmentClosed, .quizNotPassed,
        .assignmentNotDone, .mediaNotWatched,
    ]

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/enrollments/{enrollmentId}/progress",
                "Show progress by module and lesson, and where to go on",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                caching: .revalidated,
                keys: .holding(.enrollmentRead),
                handler: show
            ),
            Route(
                .put,
                "/api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/progress",
                "Report progress in a lesson",
                access: .permission(.progressWrite),
                problems: Self.problems,
                handler: report
            ),
            Route(
                .post,
                "/api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/complete",
                "Complete a lesson",
                access: .permission(.progressWrite),
                problems: Self.problems,
                handler: complete
            ),
            Route(
                .patch,
                "/api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/complete",
                "Complete a lesson",
                access: .permission(.progressWrite),
                problems: Self.problems,
                handler: complete
            ),
            Route(
                .patch,
                "/api/v1/enrollments/{enrollmentId}/progress",
                "Report progress in a lesson",
                access: .permission(.progressWrite),
                problems: Self.problems,
                handler: reportNamed
            ),
            Route(
                .post,
                "/api/v1/enrollments/{enrollmentId}/progress",
                "Complete several lessons, all or none",
                access: .permission(.progressWrite),
                problems: Self.problems,
                handler: completeSeveral
            ),
        ]
    }

    private func show(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseProgressBody> {
        .ok(CourseProgressBody(try await progress.fetch(input.path.enrollmentId, reader: context.reader)))
    }

    private func report(
        _ input: Input<EnrolledLessonPath, Nothing, ProgressReport>,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        try await record(input.body.report(on: input.path.lessonId), on: input.path.enrollmentId, context)
    }

    private func complete(
        _ input: Input<EnrolledLessonPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        let report = LessonReport(on: input.path.lessonId, outcome: .completed)
        return try await record(report, on: input.path.enrollmentId, context)
    }

    private func reportNamed(
        _ input: Input<EnrollmentPath, Nothing, NamedProgressReport>,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        try await record(input.body.report, on: input.path.enrollmentId, context)
    }

    private func completeSeveral(
        _ input: Input<EnrollmentPath, Nothing, CompletedLessons>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentDetailBody> {
        let id = input.path.enrollmentId
        _ = try await progress.complete(
            input.body.lessons,
            on: id,
            at: context.tenant.id,
            as: context.principal,
            tenants: context.tenants
        )
        let now = try await progress.fetch(id, reader: context.reader)
        return .ok(
            EnrollmentDetailBody(
                enrollment: EnrollmentBody(now.listing),
                lessons: now.steps.compactMap(\.progress).map(LessonProgressBody.init)
            )
        )
    }

    private func record(
        _ report: LessonReport,
        on enrollment: Enrollment.ID,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        let recorded = try await progress.record(
            report,
            on: enrollment,
            at: context.tenant.id,
            as: context.principal,
            tenants: context.tenants
        )
        return .ok(RecordedProgressBody(recorded))
    }
}
