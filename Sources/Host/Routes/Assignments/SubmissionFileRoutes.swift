// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The files of what learners hand in.
struct SubmissionFileRoutes: Sendable {
    let assignments: Assignments
    let files: Files

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/draft/files",
                "Attach a file that I uploaded to what I am about to hand in",
                access: .permission(.progressWrite),
                status: .created,
                problems: [.assignmentNotFound, .uploadNotFound, .uploadUnfinished]
                    + AssignmentError.takingProblems + AssignmentError.fileProblems,
                idempotency: .accepted,
                handler: attach
            ),
            Route(
                .delete,
                "/api/v1/submissions/{submissionId}/files/{fileId}",
                "Take a file away from what I am about to hand in",
                access: .permission(.progressWrite),
                status: .noContent,
                problems: [.submissionNotFound, .submissionFileNotFound, .submissionHandedIn],
                handler: detach
            ),
            Route(
                .get,
                "/api/v1/submissions/{submissionId}/files/{fileId}",
                "Read a file of a submission",
                access: .signedIn,
                problems: [
                    .submissionNotFound, .submissionFileNotFound, .fileNotFound, .rangeNotSatisfiable, .unavailable,
                ],
                caching: .revalidated,
                handler: read
            ),
        ]
    }

    private func attach(
        _ input: Input<AssignmentPath, Nothing, SubmissionFileRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionFileBody> {
        let (id, upload) = (input.path.assignmentId, input.body.upload)
        return try await context.idempotently { session in
            let file = try await assignments.attach(upload, to: id, session: session)
            return .created(
                SubmissionFileBody(file),
                at: "/api/v1/submissions/\(file.submission)/files/\(file.id)"
            )
        }
    }

    private func detach(
        _ input: Input<SubmissionFilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await assignments.detach(path.fileId, from: path.submissionId, session: session)
        }
        return .noContent
    }

    private func read(
        _ input: Input<SubmissionFilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let path = input.path
        let file = try await assignments.file(path.fileId, of: path.submissionId, reader: context.reader)
        let content = try await files.open(file, reader: context.reader)
        // Whatever it is: whoever grades saves it before they open it.
        return try await context.giving(content, of: file.id, as: file.mediaType, named: file.name, isShown: false)
    }
}
