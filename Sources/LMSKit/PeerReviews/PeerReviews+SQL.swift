// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectPeerReviewing(of place: AssignmentPlace) -> SQL {
        """
        SELECT p.assignment_id, p.reviews_per_submission, p.due_at, p.is_anonymous, p.counting, p.version, p.seed, p.allocated_at,
            p.released_at
        FROM peer_review_settings p WHERE p.assignment_id = \(place.assignment)
        """
    }

    static func putPeerReviewing(_ settings: PeerReviewSettings, for id: Assignment.ID) -> SQL {
        """
        INSERT INTO peer_review_settings AS p (assignment_id, reviews_per_submission, due_at, is_anonymous, counting)
        VALUES (\(id), \(settings.reviewsPerSubmission), \(settings.dueAt), \(settings.isAnonymous), \(settings.counting))
        ON CONFLICT ON CONSTRAINT peer_review_settings_key DO UPDATE
        SET reviews_per_submission = excluded.reviews_per_submission, due_at = excluded.due_at,
            is_anonymous = excluded.is_anonymous, counting = excluded.counting, version = p.version + 1
        """
    }

    static func deletePeerReviewing(_ id: Assignment.ID) -> SQL {
        "DELETE FROM peer_review_settings WHERE assignment_id = \(id)"
    }

    static func listExamples(of id: Assignment.ID) -> SQL {
        """
        SELECT submission_id, points, levels FROM peer_review_examples WHERE assignment_id = \(id) ORDER BY submission_id
        """
    }

    static func putExample(_ example: PeerReviewExample, of id: Assignment.ID) -> SQL {
        """
        INSERT INTO peer_review_examples (submission_id, assignment_id, points, levels)
        VALUES (\(example.submission), \(id), \(example.points), \(.levels(example.judgments)))
        ON CONFLICT ON CONSTRAINT peer_review_examples_key DO UPDATE SET points = excluded.points, levels = excluded.levels
        """
    }

    static func deleteExample(_ submission: Submission.ID, of id: Assignment.ID) -> SQL {
        """
        DELETE FROM peer_review_examples WHERE submission_id = \(submission) AND assignment_id = \(id) RETURNING submission_id
        """
    }

    static func countLatest(of id: Assignment.ID) -> SQL {
        "SELECT count(*) FROM submissions WHERE assignment_id = \(id) AND is_latest"
    }

    /// What was handed in last, the identifiers of those whose it is and who have a place that counts, and whether the peers review it.
    static func listWorks(of id: Assignment.ID) -> SQL {
        """
        SELECT s.id, array_agg(e.user_id ORDER BY e.user_id),
            NOT EXISTS (SELECT FROM peer_review_examples x WHERE x.submission_id = s.id)
        FROM submissions s JOIN enrollments e ON e.course_id = s.course_id AND e.status IN ('active', 'completed')
            AND (s.group_id IS NULL AND e.user_id = s.user_id OR s.group_id IS NOT NULL AND EXISTS (
                SELECT FROM submission_members m WHERE m.submission_id = s.id AND m.user_id = e.user_id))
        WHERE s.assignment_id = \(id) AND s.is_latest GROUP BY s.id ORDER BY s.id
        """
    }

    static func noteAllocation(of id: Assignment.ID, _ seed: ShuffleSeed, at instant: Date) -> SQL {
        """
        UPDATE peer_review_settings SET seed = \(seed.stored), allocated_at = \(instant), version = version + 1
        WHERE assignment_id = \(id)
        """
    }

    static func releaseReviews(of id: Assignment.ID, at instant: Date) -> SQL {
        """
        UPDATE peer_review_settings SET released_at = \(instant), version = version + 1 WHERE assignment_id = \(id)
        """
    }

    static func insertReviews(_ pairs: [PeerAllocation.Pair], of id: Assignment.ID, at instant: Date) -> SQL {
        """
        INSERT INTO peer_reviews (id, assignment_id, submission_id, reviewer_id, is_calibration, allocated_at)
        SELECT gen_random_uuid(), \(id), x.submission, x.reviewer, false, \(instant)::timestamptz
        FROM unnest(\(pairs.map(\.submission))::uuid[], \(pairs.map(\.reviewer))::uuid[]) AS x (submission, reviewer)
        """
    }

    /// Has reviewers, or one of them, review each example that is not their own.
    static func insertCalibrations(of id: Assignment.ID, for reviewer: Principal.ID?, at instant: Date) -> SQL {
        """
        INSERT INTO peer_reviews (id, assignment_id, submission_id, reviewer_id, is_calibration, allocated_at)
        SELECT gen_random_uuid(), x.assignment_id, x.submission_id, r.reviewer_id, true, \(instant)::timestamptz
        FROM peer_review_examples x JOIN submissions s ON s.id = x.submission_id JOIN (
            SELECT DISTINCT o.reviewer_id FROM peer_reviews o
            WHERE o.assignment_id = \(id) AND NOT o.is_calibration AND (\(reviewer)::uuid IS NULL OR o.reviewer_id = \(reviewer))
        ) r ON NOT \(.isAuthor("r.reviewer_id"))
        WHERE x.assignment_id = \(id)
        ON CONFLICT ON CONSTRAINT peer_reviews_submission_id_reviewer_id_uq DO NOTHING
        """
    }

    /// Whether somebody handed in the submission `s`, alone or in a group.
    static func isAuthor(_ user: SQL) -> SQL {
        """
        (s.group_id IS NULL AND s.user_id = \(user) OR s.group_id IS NOT NULL AND EXISTS (
            SELECT FROM submission_members sm WHERE sm.submission_id = s.id AND sm.user_id = \(user)))
        """
    }

    /// What `PeerReviewState.Counts(row:)` reads.
    static func countReviews(of id: Assignment.ID) -> SQL {
        """
        SELECT count(*), (SELECT count(DISTINCT r.reviewer_id) FROM peer_reviews r
                WHERE r.assignment_id = \(id) AND NOT r.is_calibration AND r.status <> 'cancelled'),
            coalesce(sum(c.reviews), 0)::bigint, coalesce(sum(c.completed), 0)::bigint,
            coalesce(sum(greatest(c.wanted - c.reviews, 0)), 0)::bigint
        FROM (
            SELECT p.reviews_per_submission AS wanted, count(*) FILTER (WHERE r.status <> 'cancelled') AS reviews,
                count(*) FILTER (WHERE r.status = 'completed') AS completed
            FROM peer_reviews r JOIN peer_review_settings p ON p.assignment_id = r.assignment_id
            WHERE r.assignment_id = \(id) AND NOT r.is_calibration
            GROUP BY r.submission_id, p.reviews_per_submission
        ) c
        """
    }

    /// What is kept of levels; NULL of none.
    static func levels(_ judgments: [RubricJudgment]) -> SQL {
        let json: JSONText? = judgments.isEmpty ? nil : Assignments.json(judgments)
        return "\(json)"
    }
}
