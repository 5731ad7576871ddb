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

    /// The course's row guards its rating: whoever changes a review holds it, and those of the versions that count it.
    static func lockCourse(of review: Review.ID) -> SQL {
        lockRatings(of: "SELECT r.course_id FROM course_reviews r WHERE r.id = \(review)")
    }

    /// Locks courses, a SELECT of identifiers, with the versions of each that have a rating.
    ///
    /// A version that is published for the first time waits for the one before it, so that its rating has what is committed here.
    static func lockRatings(of courses: SQL) -> SQL {
        """
        SELECT FROM courses c
        WHERE c.id IN (SELECT v.id FROM courses o
                       JOIN courses v ON v.id = o.id OR v.series_id = o.series_id AND v.published_at IS NOT NULL
                       WHERE o.id IN (\(courses)))
        ORDER BY c.id FOR NO KEY UPDATE OF c
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

    static func recountRating(of course: Course.ID) -> SQL {
        recountRatings(of: "SELECT \(course)::uuid")
    }

    /// Sums the approved reviews up; the rows are locked, so that the sums hold what was committed before.
    ///
    /// The rating of a version is that of its series so far, so that those after it change with it.
    static func recountRatings(of courses: SQL) -> SQL {
        """
        UPDATE courses c
        SET (rating_count, rating_sum) = (SELECT r.count, r.sum FROM course_rating(c.id, c.series_id, c.edition) r)
        WHERE c.id IN (SELECT v.id FROM courses o
                       JOIN courses v ON v.id = o.id
                           OR v.series_id = o.series_id AND v.edition > o.edition AND v.published_at IS NOT NULL
                       WHERE o.id IN (\(courses)))
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
