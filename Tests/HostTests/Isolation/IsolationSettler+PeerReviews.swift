// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// Has learners review each other's work in the estate's assignment, of which the owner's is an example, without anything drawn yet; in two
    /// other assignments the owner is to review the peer's work.
    ///
    /// - Throws: If the tenant refuses it.
    func prepareReviews(_ estate: inout Estate) async throws {
        let assignment = try #require(Assignment.ID(estate[.assignment]))
        let submission = try #require(Submission.ID(estate[.submission]))
        try await set(for: assignment, isAllocated: false)
        _ = try await handInAsPeer(assignment)
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO peer_review_examples (submission_id, assignment_id, points) VALUES (\(submission), \(assignment), 1000000)
                """
            )
        }
        // A list of one has no second page, whose cursor is tried.
        for _ in 0..<2 {
            let other = try await setWork(in: try #require(Course.ID(estate[.course]))).assignment
            try await set(for: other, isAllocated: true)
            let review = try await allocate(try await handInAsPeer(other), of: other, to: try user(of: estate))
            estate.ids[.peerReview] = review.description
        }
    }

    /// Has the estate's owner, who has a place in its course, begin to review the peer's work with its file.
    ///
    /// - Throws: If the tenant refuses it.
    func reviewPeer(_ estate: inout Estate) async throws {
        let assignment = try #require(Assignment.ID(estate[.assignment]))
        let (course, peer) = (try #require(Course.ID(estate[.course])), try #require(User.ID(peer.user)))
        try await set(for: assignment, isAllocated: true)
        let submission = try await handInAsPeer(assignment)
        let review = try await allocate(submission, of: assignment, to: try user(of: estate))
        let file = try await host.storeFile(Array(mark.utf8), in: course, of: tenant, store: host.importer.store)
        try await tenant.transaction { session in
            _ = try await session.batch([
                """
                UPDATE files SET name = \(mark + ".txt"), use = 'submission', owner_id = \(peer), submission_id = \(submission),
                    submission_position = 1 WHERE id = \(file)
                """,
                """
                UPDATE peer_reviews SET status = 'in_progress', points = 1000000, saved_at = now() WHERE id = \(review)
                """,
            ])
        }
        estate.ids[.submission] = submission.description
        estate.ids[.submissionFile] = file.description
        estate.ids[.peerReview] = review.description
    }

    /// Has the peer review what the estate's owner handed in, who may see it.
    ///
    /// - Throws: If the tenant refuses it.
    func beReviewed(_ estate: inout Estate) async throws {
        let assignment = try #require(Assignment.ID(estate[.assignment]))
        let submission = try #require(Submission.ID(estate[.submission]))
        try await set(for: assignment, isAllocated: true)
        let review = try await allocate(submission, of: assignment, to: try #require(User.ID(peer.user)))
        try await tenant.transaction { session in
            _ = try await session.batch([
                """
                UPDATE peer_reviews SET status = 'completed', points = 1000000, feedback = \(mark), weight = 1000000, saved_at = now(),
                    completed_at = now() WHERE id = \(review)
                """,
                "UPDATE peer_review_settings SET released_at = now() WHERE assignment_id = \(assignment)",
            ])
        }
        estate.ids[.peerReview] = review.description
    }

    private func user(of estate: Estate) throws -> User.ID { try #require(User.ID(estate[.user])) }

    /// Publishes an assignment and has learners review each other's work in it.
    private func set(for assignment: Assignment.ID, isAllocated: Bool) async throws {
        let assignments = host.platform.lms.assignments
        let seed: Int? = isAllocated ? 7 : nil
        try await tenant.transaction { session in
            _ = try await assignments.setStatus(.published, of: assignment, session: session)
            try await session.execute(
                """
                INSERT INTO peer_review_settings (assignment_id, reviews_per_submission, due_at, is_anonymous, counting, seed, allocated_at)
                VALUES (\(assignment), 1, now() + interval '1 day', true, 'median', \(seed), CASE WHEN \(isAllocated) THEN now() END)
                """
            )
        }
    }

    /// Hands an assignment in as the peer, who takes a place in its course.
    private func handInAsPeer(_ assignment: Assignment.ID) async throws -> Submission.ID {
        let peer = try #require(User.ID(peer.user))
        let enrollments = host.platform.lms.enrollments
        let learner = Principal(.user(peer), grants: BuiltInRole.student.grants)
        let course: Course.ID? = try await tenant.transaction { session in
            let rows = try await session.execute(
                """
                SELECT a.course_id FROM assignments a WHERE a.id = \(assignment) AND NOT EXISTS (
                    SELECT FROM enrollments e WHERE e.course_id = a.course_id AND e.user_id = \(peer))
                """
            )
            return try rows.only?[0]
        }
        if let course {
            try await tenant.transaction(as: learner) { session in
                _ = try await enrollments.enroll(peer, in: course, session: session)
            }
        }
        return try await tenant.transaction { session in
            let rows = try await session.batch([
                """
                INSERT INTO submissions (id, assignment_id, course_id, enrollment_id, user_id, number, pseudonym, status, is_latest, body,
                    sequence, saved_at, received_at)
                SELECT gen_random_uuid(), a.id, a.course_id, e.id, e.user_id, 1, '9876543210', 'submitted', true, \(mark), 1, now(), now()
                FROM assignments a JOIN enrollments e ON e.course_id = a.course_id AND e.user_id = \(peer)
                WHERE a.id = \(assignment) ON CONFLICT DO NOTHING
                """,
                "SELECT id FROM submissions WHERE assignment_id = \(assignment) AND user_id = \(peer) AND is_latest",
            ])
            let id: Submission.ID = try #require(rows[1].only)[0]
            return id
        }
    }

    private func allocate(
        _ submission: Submission.ID,
        of assignment: Assignment.ID,
        to reviewer: User.ID
    ) async throws -> PeerReview.ID {
        let id = PeerReview.ID(UUID())
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO peer_reviews (id, assignment_id, submission_id, reviewer_id, is_calibration, allocated_at)
                VALUES (\(id), \(assignment), \(submission), \(reviewer), false, now())
                """
            )
        }
        return id
    }
}
