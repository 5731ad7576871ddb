// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func lockWisher(_ user: Principal.ID) -> SQL {
        "SELECT FROM users WHERE id = \(user) FOR NO KEY UPDATE"
    }

    /// Adds nothing if the course is not published, wished for already, or one too many.
    static func insertWish(
        _ id: UUID,
        of user: Principal.ID,
        for course: Course.ID,
        most limit: Int,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO course_wishes (user_id, course_id, id, wished_at)
        SELECT \(user), c.id, \(id), \(instant) FROM courses c
        WHERE c.id = \(course) AND c.status = 'published'
          AND (SELECT count(*) FROM course_wishes w WHERE w.user_id = \(user)) < \(limit)
        ON CONFLICT ON CONSTRAINT course_wishes_key DO NOTHING
        """
    }

    /// Whether a published course is on a user's list.
    static func selectWishable(_ course: Course.ID, by user: Principal.ID) -> SQL {
        """
        SELECT EXISTS (SELECT FROM course_wishes w WHERE w.user_id = \(user) AND w.course_id = c.id)
        FROM courses c WHERE c.id = \(course) AND c.status = 'published'
        """
    }

    static func deleteWish(of user: Principal.ID, for course: Course.ID) -> SQL {
        "DELETE FROM course_wishes WHERE user_id = \(user) AND course_id = \(course)"
    }

    static func listWishes(of user: Principal.ID, after: UUID?, limit: Int) -> SQL {
        """
        SELECT \(.courseColumns), w.wished_at, w.id
        FROM course_wishes w JOIN courses c ON c.id = w.course_id AND c.status = 'published'
        WHERE w.user_id = \(user) AND (\(after) IS NULL OR w.id < \(after))
        ORDER BY w.id DESC LIMIT \(limit)
        """
    }
}
