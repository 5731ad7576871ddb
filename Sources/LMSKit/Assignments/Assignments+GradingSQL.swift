// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func grade(
        _ id: Submission.ID,
        earned: Points,
        points: Points,
        levels: JSONText?,
        feedback: String?,
        releasedAt: Date?,
        by grader: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE submissions SET status = 'graded', earned = \(earned), points = \(points), levels = \(levels), feedback = \(feedback),
            graded_by = \(grader), graded_at = \(instant), released_at = \(releasedAt), version = version + 1
        WHERE id = \(id)
        """
    }

    static func sendBack(
        _ id: Submission.ID,
        feedback: String,
        by grader: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE submissions SET status = 'returned', earned = NULL, points = NULL, levels = NULL, feedback = \(feedback),
            graded_by = \(grader), graded_at = \(instant), version = version + 1
        WHERE id = \(id)
        """
    }

    /// The submissions whose grades are held.
    static func listHeld(of id: Assignment.ID, limit: Int) -> SQL {
        """
        SELECT id FROM submissions
        WHERE assignment_id = \(id) AND is_latest AND status = 'graded' AND released_at IS NULL
        ORDER BY enrollment_id LIMIT \(limit)
        """
    }

    static func release(_ ids: [Submission.ID], at instant: Date) -> SQL {
        """
        UPDATE submissions SET released_at = \(instant), version = version + 1
        WHERE id = ANY(\(ids)) AND is_latest AND status = 'graded' AND released_at IS NULL RETURNING id
        """
    }

    /// Returns no row if there are as many as may be; the learner's place is locked.
    static func insertComment(
        _ id: SubmissionComment.ID,
        at range: Range<Int>,
        _ body: String,
        to submission: Submission.ID,
        by author: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO submission_comments (id, submission_id, author_id, starts, ends, body, created_at)
        SELECT \(id), \(submission), \(author)::uuid, \(range.lowerBound), \(range.upperBound), \(body), \(instant)::timestamptz
        WHERE (SELECT count(*) FROM submission_comments WHERE submission_id = \(submission)) < \(SubmissionComment.limit)
        RETURNING id
        """
    }

    static func deleteComment(_ id: SubmissionComment.ID, of submission: Submission.ID) -> SQL {
        "DELETE FROM submission_comments WHERE id = \(id) AND submission_id = \(submission) RETURNING id"
    }
}
