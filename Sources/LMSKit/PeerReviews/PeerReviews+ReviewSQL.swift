// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `PeerReview(row:)` reads, of reviews called `r`.
    private static func reviews(for user: Principal.ID?) -> SQL {
        """
        SELECT r.id, r.assignment_id, a.title, a.course_id, r.submission_id, r.reviewer_id, u.display_name, r.is_calibration, r.status,
            a.points, r.points, r.levels, r.feedback, r.weight, r.saved_at, r.completed_at, r.withdrawn_at, r.withdrawal_reason,
            p.due_at, p.is_anonymous, p.released_at, r.version, \(owned(by: user))
        FROM peer_reviews r JOIN peer_review_settings p ON p.assignment_id = r.assignment_id
            JOIN assignments a ON a.id = r.assignment_id JOIN submissions s ON s.id = r.submission_id
            JOIN users u ON u.id = r.reviewer_id
        """
    }

    static func selectReview(_ id: PeerReview.ID, for user: Principal.ID?) -> SQL {
        "\(reviews(for: user)) WHERE r.id = \(id)"
    }

    static func selectReview(of submission: Submission.ID, by reviewer: Principal.ID) -> SQL {
        "\(reviews(for: nil)) WHERE r.submission_id = \(submission) AND r.reviewer_id = \(reviewer)"
    }

    /// The reviews of what was handed in by the peers; those by which reviewers are calibrated are in no list but the reviewers' own.
    static func listReviews(of ids: [Submission.ID]) -> SQL {
        """
        \(reviews(for: nil)) WHERE r.submission_id = ANY(\(ids)) AND NOT r.is_calibration ORDER BY r.submission_id, r.id
        """
    }

    /// What the peers give, without what they wrote, which may be a hundred times as long.
    static func listMarks(of ids: [Submission.ID]) -> SQL {
        """
        SELECT submission_id, points, weight, status = 'completed' AND withdrawn_at IS NULL FROM peer_reviews
        WHERE submission_id = ANY(\(ids)) AND NOT is_calibration AND status <> 'cancelled'
        """
    }

    static func listOwnReviews(
        of user: Principal.ID,
        in course: Course.ID,
        of assignment: Assignment.ID?,
        status: PeerReview.Status?,
        at now: Date,
        after: PeerReview.ID?,
        limit: Int
    ) -> SQL {
        let state: SQL =
            switch status {
            case nil: ""
            case .pending, .inProgress: "AND r.status = \(status) AND p.released_at IS NULL AND p.due_at >= \(now)"
            case .overdue:
                """
                AND r.status IN ('pending', 'in_progress') AND (p.released_at IS NOT NULL OR p.due_at < \(now))
                """
            default: "AND r.status = \(status)"
            }
        return """
            \(reviews(for: user))
            WHERE r.reviewer_id = \(user) AND a.course_id = \(course) AND (\(assignment)::uuid IS NULL OR a.id = \(assignment))
                AND (\(after)::uuid IS NULL OR r.id > \(after)) \(state)
            ORDER BY r.id LIMIT \(limit)
            """
    }

    /// What somebody wrote in reviews of others' work, for their record.
    static func selectOwnPeerReviews(of user: Principal.ID) -> SQL {
        "\(reviews(for: user)) WHERE r.reviewer_id = \(user) ORDER BY r.id"
    }

    /// Comes after the lock of the assignment.
    static func lockReview(_ id: PeerReview.ID) -> SQL {
        "SELECT FROM peer_reviews WHERE id = \(id) FOR NO KEY UPDATE"
    }

    /// Keeps somebody's place in a course as it is.
    static func sharePlace(of user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        "SELECT FROM enrollments WHERE user_id = \(user) AND course_id = \(place.course) FOR SHARE"
    }

    /// How many examples somebody has to review before the others' work.
    static func countUncalibrated(for user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        """
        SELECT count(*) FROM peer_reviews
        WHERE assignment_id = \(place.assignment) AND reviewer_id = \(user) AND is_calibration
            AND status IN ('pending', 'in_progress')
        """
    }

    /// What a reviewer gave the examples, and what the staff did.
    static func listCalibrated(by user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        """
        SELECT r.points, x.points FROM peer_reviews r JOIN peer_review_examples x ON x.submission_id = r.submission_id
        WHERE r.assignment_id = \(place.assignment) AND r.reviewer_id = \(user) AND r.is_calibration AND r.status = 'completed'
        """
    }

    static func saveReview(
        _ id: PeerReview.ID,
        points: Points?,
        _ judgments: [RubricJudgment],
        feedback: String?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE peer_reviews SET status = 'in_progress', points = \(points), levels = \(.levels(judgments)), feedback = \(feedback),
            saved_at = \(instant), version = version + 1
        WHERE id = \(id) AND status IN ('pending', 'in_progress')
        """
    }

    static func completeReview(_ id: PeerReview.ID, weight: ReviewWeight?, at instant: Date) -> SQL {
        """
        UPDATE peer_reviews SET status = 'completed', weight = \(weight), completed_at = \(instant), version = version + 1
        WHERE id = \(id) AND status = 'in_progress'
        """
    }

    static func cancelReview(_ id: PeerReview.ID) -> SQL {
        """
        UPDATE peer_reviews SET status = 'cancelled', version = version + 1
        WHERE id = \(id) AND status IN ('pending', 'in_progress')
        """
    }

    static func withdrawReview(
        _ id: PeerReview.ID,
        because reason: String,
        by user: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE peer_reviews SET withdrawn_at = \(instant), withdrawn_by = \(user), withdrawal_reason = \(reason), version = version + 1
        WHERE id = \(id) AND status = 'completed' AND withdrawn_at IS NULL
        """
    }

    static func countReviewers(of submission: Submission.ID) -> SQL {
        "SELECT count(*) FROM peer_reviews WHERE submission_id = \(submission) AND status <> 'cancelled'"
    }

    /// What decides whether somebody can review a submission: whether they have a place in the course that counts, whether it is their own
    /// work, and whether it is an example.
    static func selectReviewer(_ user: Principal.ID, of submission: Submission.ID) -> SQL {
        """
        SELECT EXISTS (SELECT FROM enrollments e WHERE e.course_id = s.course_id AND e.user_id = \(user)
                AND e.status IN ('active', 'completed')),
            \(isAuthor("\(user)::uuid")), EXISTS (SELECT FROM peer_review_examples x WHERE x.submission_id = s.id)
        FROM submissions s WHERE s.id = \(submission)
        """
    }

    /// Allocates one review, or one that was cancelled again; nothing if it is there.
    static func insertReview(
        of submission: Submission.ID,
        by reviewer: Principal.ID,
        in id: Assignment.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO peer_reviews AS r (id, assignment_id, submission_id, reviewer_id, is_calibration, allocated_at)
        VALUES (gen_random_uuid(), \(id), \(submission), \(reviewer), false, \(instant))
        ON CONFLICT ON CONSTRAINT peer_reviews_submission_id_reviewer_id_uq DO UPDATE
        SET status = CASE WHEN r.saved_at IS NULL THEN 'pending' ELSE 'in_progress' END, version = r.version + 1
        WHERE r.status = 'cancelled'
        """
    }

    /// What was handed in last, and what was reviewed before it; for who grades.
    static func listReviewed(
        of id: Assignment.ID,
        for user: Principal.ID?,
        after: Submission.ID?,
        limit: Int
    ) -> SQL {
        """
        \(submissions(text: "''", for: user))
        WHERE s.assignment_id = \(id) AND s.status <> 'draft' AND (\(after)::uuid IS NULL OR s.id > \(after)) AND (s.is_latest
            OR EXISTS (SELECT FROM peer_reviews r WHERE r.submission_id = s.id AND NOT r.is_calibration))
        ORDER BY s.id LIMIT \(limit)
        """
    }

    /// What waits for a grader and has a review that counts, of others.
    static func listGradable(of id: Assignment.ID, for user: Principal.ID?, limit: Int) -> SQL {
        """
        SELECT s.id FROM submissions s
        WHERE s.assignment_id = \(id) AND s.is_latest AND s.status = 'submitted' AND NOT \(owned(by: user)) AND EXISTS (
            SELECT FROM peer_reviews r WHERE r.submission_id = s.id AND NOT r.is_calibration AND r.status = 'completed'
                AND r.withdrawn_at IS NULL)
        ORDER BY s.id LIMIT \(limit)
        """
    }

    /// Comes before the places of whose submissions they are.
    static func lockGroups(of ids: [Submission.ID]) -> SQL {
        """
        SELECT FROM course_groups WHERE id IN (SELECT group_id FROM submissions WHERE id = ANY(\(ids)))
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// As `lockAssignment`, found by what belongs to it.
    static func lockAssignment(of place: AssignmentPlace) -> SQL {
        "SELECT FROM assignments WHERE id = \(place.assignment) FOR NO KEY UPDATE"
    }
}
