// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What learners did in their courses.
struct ProgressRoutes: Sendable {
    let lms: LMSKit.LMS

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/enrollments/{enrollmentId}/progress",
                "Show what was learned, lesson by lesson",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                caching: .revalidated,
                handler: overview
            ),
            Route(
                .patch,
                "/api/v1/enrollments/{enrollmentId}/progress",
                "Report on a lesson",
                access: .permission(.progressWrite),
                problems: Self.refusals,
                handler: report
            ),
            Route(
                .put,
                "/api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/progress",
                "Report on a lesson",
                access: .permission(.progressWrite),
                problems: Self.refusals,
                handler: reportOnLesson
            ),
            Route(
                .patch,
                "/api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/complete",
                "Complete a lesson",
                access: .permission(.progressWrite),
                problems: Self.refusals,
                handler: complete
            ),
            Route(
                .post,
                "/api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/complete",
                "Complete a lesson",
                access: .permission(.progressWrite),
                problems: Self.refusals,
                handler: complete
            ),
        ]
    }

    private static let refusals: [ProblemCode] = [
        .enrollmentNotFound, .lessonNotFound, .paymentNeeded, .enrollmentClosed,
    ]

    private func overview(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseProgressBody> {
        let progress = try await lms.progress.fetch(input.path.enrollmentId, reader: context.reader)
        return .ok(CourseProgressBody(progress))
    }

    private func report(
        _ input: Input<EnrollmentPath, Nothing, NamedLessonReport>,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        try await record(input.body.report, in: input.path.enrollmentId, context)
    }

    private func reportOnLesson(
        _ input: Input<ProgressPath, Nothing, ProgressValues>,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        try await record(input.body.report(on: input.path.lessonId), in: input.path.enrollmentId, context)
    }

    private func complete(
        _ input: Input<ProgressPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        let report = LessonReport(on: input.path.lessonId, outcome: .completed)
        return try await record(report, in: input.path.enrollmentId, context)
    }

    private func record(
        _ report: LessonReport,
        in enrollment: Enrollment.ID,
        _ context: RequestContext
    ) async throws -> Reply<RecordedProgressBody> {
        let recorded = try await lms.progress.record(
            report,
            on: enrollment,
            at: context.tenant.id,
            as: context.principal,
            tenants: context.tenants
        )
        return .ok(RecordedProgressBody(recorded))
    }
}
