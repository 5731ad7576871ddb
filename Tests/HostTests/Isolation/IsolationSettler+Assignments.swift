// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// What authors make for work that is handed in.
    struct SetWork {
        let rubric: Rubric.ID
        let assignment: Assignment.ID
        let groupSet: GroupSet.ID
        let group: CourseGroup.ID
    }

    /// Writes a rubric, a set with a group, and a draft of an assignment that is handed in as often as one likes.
    ///
    /// - Returns: What was made.
    /// - Throws: If the tenant refuses it.
    func setWork(in course: Course.ID) async throws -> SetWork {
        let assignments = host.platform.lms.assignments
        let criterion = RubricCriterion(mark, levels: [RubricLevel(mark, points: Points(1))])
        var settings = AssignmentSettings(title: "\(mark) sheet")
        settings.submissionLimit = nil
        settings.takes = .both
        return try await tenant.transaction { [settings] session in
            let rubric = try await assignments.writeRubric(mark, [criterion], in: course, session: session)
            let assignment = try await assignments.create(settings, in: course, session: session)
            let set = try await assignments.makeGroupSet(mark, in: course, session: session)
            let group = try await assignments.makeGroup(mark, of: [], in: set.id, session: session)
            // A list of one has no second page, whose cursor is tried.
            _ = try await assignments.makeGroup("\(mark) too", of: [], in: set.id, session: session)
            return SetWork(rubric: rubric.id, assignment: assignment.id, groupSet: set.id, group: group.id)
        }
    }

    /// Has the estate's owner, who has a place in its course, hand its assignment in twice, the second time with a file; somebody says
    /// something to it, and another learner hands in too.
    ///
    /// - Throws: If the tenant refuses it.
    func handIn(_ estate: inout Estate) async throws {
        let assignments = host.platform.lms.assignments
        let assignment = try #require(Assignment.ID(estate[.assignment]))
        let (user, friend) = (try #require(User.ID(estate[.user])), try #require(User.ID(friend.user)))
        let dean = try #require(User.ID(dean.user))
        try await tenant.transaction { session in
            _ = try await assignments.setStatus(.published, of: assignment, session: session)
        }
        let learner = Principal(.user(user), grants: BuiltInRole.student.grants)
        let submission = try await tenant.transaction(as: learner) { session in
            for _ in 0..<2 {
                let draft = try await assignments.save("\(mark): so.", sequence: 1, for: assignment, session: session)
                _ = try await assignments.submit(draft.submission.id, session: session)
            }
            let rows = try await session.execute(
                "SELECT id FROM submissions WHERE assignment_id = \(assignment) AND user_id = \(user) AND is_latest"
            )
            let id: Submission.ID = try #require(rows.first)[0]
            return id
        }
        let (file, _) = try await offer(by: user, for: assignment)
        let comment = try await tenant.transaction { session in
            try await session.batch([
                "UPDATE files SET submission_id = \(submission), submission_position = 1 WHERE id = \(file)",
                """
                INSERT INTO submissions (id, assignment_id, course_id, enrollment_id, user_id, number, pseudonym, status, is_latest,
                    body, sequence, saved_at, received_at)
                SELECT gen_random_uuid(), a.id, a.course_id, e.id, e.user_id, 1, '0123456789', 'submitted', true, \(mark), 1, now(), now()
                FROM assignments a JOIN enrollments e ON e.course_id = a.course_id AND e.user_id <> \(user)
                WHERE a.id = \(assignment) ORDER BY e.id LIMIT 1
                """,
                """
                INSERT INTO assignment_extensions (assignment_id, user_id, reason, granted_at)
                SELECT \(assignment), id, \(mark), now() FROM users WHERE id IN (\(user), \(friend), \(dean))
                """,
            ])
            return try await assignments.comment(mark, at: 0..<2, to: submission, session: session).id
        }
        estate.ids[.submission] = submission.description
        estate.ids[.submissionComment] = comment.description
        estate.ids[.submissionFile] = file.description
    }

    /// Has the estate's owner, who has a place in its course, begin to hand its assignment in with one of two files that they uploaded.
    ///
    /// - Throws: If the tenant refuses it.
    func beginToHandIn(_ estate: inout Estate) async throws {
        let assignments = host.platform.lms.assignments
        let assignment = try #require(Assignment.ID(estate[.assignment]))
        let user = try #require(User.ID(estate[.user]))
        try await tenant.transaction { session in
            _ = try await assignments.setStatus(.published, of: assignment, session: session)
        }
        let uploads = [
            try await offer(by: user, for: assignment).upload, try await offer(by: user, for: assignment).upload,
        ]
        let learner = Principal(.user(user), grants: BuiltInRole.student.grants)
        let attached = try await tenant.transaction(as: learner) { session in
            try await assignments.attach(uploads[0], to: assignment, session: session)
        }
        estate.ids[.submission] = attached.submission.description
        estate.ids[.submissionFile] = attached.id.description
        estate.ids[.upload] = uploads[1].description
    }

    /// Stores a file as one that somebody uploaded to hand it in.
    private func offer(
        by user: User.ID,
        for assignment: Assignment.ID
    ) async throws -> (file: StoredFile.ID, upload: FileUpload.ID) {
        let course = try await tenant.transaction { session in
            let rows = try await session.execute("SELECT course_id FROM assignments WHERE id = \(assignment)")
            let course: Course.ID = try #require(rows.only)[0]
            return course
        }
        let file = try await host.storeFile(Array(mark.utf8), in: course, of: tenant, store: host.importer.store)
        let upload = FileUpload.ID(UUID())
        try await tenant.transaction { session in
            _ = try await session.batch([
                "UPDATE files SET name = \(mark + ".txt"), use = 'submission', owner_id = \(user) WHERE id = \(file)",
                """
                INSERT INTO uploads (id, user_id, course_id, use, name, byte_count, status, received_bytes, file_id, tenant_key_id,
                    sealed_key, created_at, expires_at)
                SELECT \(upload), owner_id, course_id, use, name, byte_count, 'stored', byte_count, files.id, k.id, '\\x00', now(),
                    now() + interval '1 day'
                FROM files, (SELECT id FROM tenant_keys LIMIT 1) k WHERE files.id = \(file)
                """,
            ])
        }
        return (file, upload)
    }
}
