// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectReview(_ id: Review.ID) -> SQL {
        """
        SELECT r.id, r.enrollment_id, r.course_id, r.user_id, u.display_name, r.rating, r.title, r.body, r.pros, r.cons,
               r.status, r.helpful_votes, r.version, r.created_at, r.updated_at
        FROM course_reviews r JOIN users u ON u.id = r.user_id WHERE r.id = \(id)
        """
    }

    static func selectReview(of enrollment: Enrollment.ID) -> SQL {
        """
        SELECT r.id, r.enrollment_id, r.course_id, r.user_id, u.display_name, r.rating, r.title, r.body, r.pros, r.cons,
               r.status, r.helpful_votes, r.version, r.created_at, r.updated_at
        FROM course_reviews r JOIN users u ON u.id = r.user_id WHERE r.enrollment_id = \(enrollment)
        """
    }

    static func selectCourse(of review: Review.ID) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c WHERE c.id = (SELECT course_id FROM course_reviews WHERE id = \(review))
        """
    }

    /// The course's row guards its rating: whoever changes a review holds it.
    static func lockCourse(of review: Review.ID) -> SQL {
        """
        SELECT FROM courses WHERE id = (SELECT course_id FROM course_reviews WHERE id = \(review)) FOR NO KEY UPDATE
        """
    }

    /// Returns no row if the enrollment has a review.
    static func insertReview(
        _ id: Review.ID,
        _ draft: ReviewDraft,
        from enrollment: Enrollment,
        status: Review.Status,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO course_reviews (id, enrollment_id, course_id, user_id, rating, title, body, pros, cons, status,
                                    created_at, updated_at)
        VALUES (\(id), \(enrollment.id), \(enrollment.course), \(enrollment.user), \(draft.rating), \(draft.title),
                \(draft.body), \(draft.pros), \(draft.cons), \(status), \(instant), \(instant))
        ON CONFLICT ON CONSTRAINT course_reviews_enrollment_id_uq DO NOTHING
        RETURNING id
        """
    }

    static func updateReview(_ id: Review.ID, _ draft: ReviewDraft, status: Review.Status, at instant: Date) -> SQL {
        """
        UPDATE course_reviews SET rating = \(draft.rating), title = \(draft.title), body = \(draft.body),
            pros = \(draft.pros), cons = \(draft.cons), status = \(status), version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func moderateReview(_ id: Review.ID, status: Review.Status, at instant: Date) -> SQL {
        """
        UPDATE course_reviews SET status = \(status), version = version + 1, updated_at = \(instant)
        WHERE id = \(id) AND status <> \(status)
        """
    }

    static func deleteReview(_ id: Review.ID) -> SQL {
        "DELETE FROM course_reviews WHERE id = \(id)"
    }

    /// Sums the approved reviews up; the course's row is locked, so that the sum holds what was committed before.
    ///
    /// The rating of a version is that of its series so far, so that those after it change with it.
    static func recountRating(of course: Course.ID) -> SQL {
        """
        UPDATE courses c SET (rating_count, rating_sum) = (
            SELECT count(*), coalesce(sum(r.rating), 0) FROM course_reviews r
            WHERE r.status = 'approved' AND (r.course_id = c.id OR r.course_id IN (
                SELECT s.id FROM courses s WHERE s.series_id = c.series_id AND s.edition < c.edition))
        )
        FROM courses o
        WHERE o.id = \(course) AND (c.id = o.id
            OR c.series_id = o.series_id AND c.edition > o.edition AND c.published_at IS NOT NULL)
        """
    }

    /// Votes and counts the vote, if there is none yet.
    static func insertVote(of user: Principal.ID, for review: Review.ID, at instant: Date) -> SQL {
        """
        WITH v AS (
            INSERT INTO course_review_votes (review_id, user_id, voted_at) VALUES (\(review), \(user), \(instant))
            ON CONFLICT ON CONSTRAINT course_review_votes_key DO NOTHING RETURNING review_id
        )
        UPDATE course_reviews r SET helpful_votes = r.helpful_votes + 1 FROM v WHERE r.id = v.review_id
        """
    }

    static func deleteVote(of user: Principal.ID, for review: Review.ID) -> SQL {
        """
        WITH v AS (
            DELETE FROM course_review_votes WHERE review_id = \(review) AND user_id = \(user) RETURNING review_id
        )
        UPDATE course_reviews r SET helpful_votes = r.helpful_votes - 1 FROM v WHERE r.id = v.review_id
        """
    }

    static func listNewestReviews(
        of course: Course.ID,
        status: Review.Status?,
        after: Review.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT r.id, r.enrollment_id, r.course_id, r.user_id, u.display_name, r.rating, r.title, r.body, r.pros, r.cons,
               r.status, r.helpful_votes, r.version, r.created_at, r.updated_at
        FROM course_reviews r JOIN users u ON u.id = r.user_id
        WHERE r.course_id = \(course) AND (\(status) IS NULL OR r.status = \(status))
          AND (\(after) IS NULL OR r.id < \(after))
        ORDER BY r.id DESC LIMIT \(limit)
        """
    }

    static func listHelpfulReviews(
        of course: Course.ID,
        status: Review.Status?,
        after: (votes: Int, id: Review.ID)?,
        limit: Int
    ) -> SQL {
        """
        SELECT r.id, r.enrollment_id, r.course_id, r.user_id, u.display_name, r.rating, r.title, r.body, r.pros, r.cons,
               r.status, r.helpful_votes, r.version, r.created_at, r.updated_at
        FROM course_reviews r JOIN users u ON u.id = r.user_id
        WHERE r.course_id = \(course) AND (\(status) IS NULL OR r.status = \(status))
          AND (\(after?.id) IS NULL OR (r.helpful_votes, r.id) < (\(after?.votes), \(after?.id)))
        ORDER BY r.helpful_votes DESC, r.id DESC LIMIT \(limit)
        """
    }

    static func countRatings(of course: Course.ID) -> SQL {
        """
        SELECT count(*), coalesce(sum(rating), 0), count(*) FILTER (WHERE rating = 1), count(*) FILTER (WHERE rating = 2),
               count(*) FILTER (WHERE rating = 3), count(*) FILTER (WHERE rating = 4), count(*) FILTER (WHERE rating = 5)
        FROM course_reviews WHERE course_id = \(course) AND status = 'approved'
        """
    }
}
