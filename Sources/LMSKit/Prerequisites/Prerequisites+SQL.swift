// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What a course asks for, then what `user` is in each.
    static func selectPrerequisites(of course: Course.ID, for user: Principal.ID?) -> SQL {
        """
        SELECT q.id, q.title, q.slug, q.status,
               \(.hasCompletedAnyVersion(user)),
               (SELECT i.role FROM course_instructors i WHERE i.course_id = q.id AND i.user_id = \(user))
        FROM course_prerequisites p JOIN courses q ON q.id = p.prerequisite_id
        WHERE p.course_id = \(course) ORDER BY q.title, q.id
        """
    }

    /// Whether a user completed the course `q`, or another version of it.
    private static func hasCompletedAnyVersion(_ user: Principal.ID?) -> SQL {
        """
        EXISTS (SELECT FROM enrollments d JOIN courses v ON v.id = d.course_id
                WHERE d.user_id = \(user) AND d.status = 'completed' AND (v.id = q.id OR v.series_id = q.series_id))
        """
    }

    /// What a course asks for that a user has not completed; what is not offered is not asked for.
    static func selectMissingPrerequisites(of course: Course.ID, for user: Principal.ID) -> SQL {
        """
        SELECT q.id, q.title
        FROM course_prerequisites p JOIN courses q ON q.id = p.prerequisite_id AND q.status = 'published'
        WHERE p.course_id = \(course) AND NOT \(.hasCompletedAnyVersion(user))
        ORDER BY q.title, q.id
        """
    }

    /// Makes one of two changes wait that are each sound and together close a circle.
    ///
    /// The rows of the courses are locked before it.
    static func lockPrerequisites() -> SQL {
        "LOCK TABLE course_prerequisites IN SHARE ROW EXCLUSIVE MODE"
    }

    /// Whether one of these courses is, or asks by others for, a course or another version of it.
    static func selectLeadsBack(from ids: [Course.ID], to course: Course.ID) -> SQL {
        "SELECT EXISTS (\(leadingBack("SELECT n.id FROM unnest(\(ids)) AS n (id)", to: course)))"
    }

    /// Gives a course what another one asks for, but for what leads back to it: by a later version, which asks for something else.
    static func copyPrerequisites(of origin: Course.ID, to copy: Course.ID) -> SQL {
        """
        INSERT INTO course_prerequisites (course_id, prerequisite_id)
        SELECT \(copy), p.prerequisite_id FROM course_prerequisites p
        WHERE p.course_id = \(origin) AND p.prerequisite_id <> ALL(ARRAY(\(leadingBack(
            "SELECT o.prerequisite_id FROM course_prerequisites o WHERE o.course_id = \(origin)",
            to: copy
        ))))
        """
    }

    /// A SELECT of those of some courses that are, or ask by others for, a course or another version of it.
    ///
    /// Versions count as one, but for those that were superseded: the one that is offered next takes the place of the one before.
    private static func leadingBack(_ starts: SQL, to course: Course.ID) -> SQL {
        """
        WITH RECURSIVE r (start, id) AS (
            SELECT s.id, s.id FROM (\(starts)) AS s (id)
            UNION
            SELECT r.start, n.id FROM r JOIN courses q ON q.id = r.id, LATERAL (
                SELECT p.prerequisite_id FROM course_prerequisites p WHERE p.course_id = r.id
                UNION ALL
                SELECT v.id FROM courses v WHERE v.series_id = q.series_id AND v.superseded_at IS NULL
            ) AS n (id)
        )
        SELECT r.start FROM courses c, courses q JOIN r ON q.id = r.id
        WHERE c.id = \(course) AND (q.id = c.id OR q.series_id = c.series_id)
        """
    }

    static func deletePrerequisites(of course: Course.ID, except kept: [Course.ID]) -> SQL {
        "DELETE FROM course_prerequisites WHERE course_id = \(course) AND prerequisite_id <> ALL(\(kept))"
    }

    static func insertPrerequisites(_ ids: [Course.ID], of course: Course.ID) -> SQL {
        """
        INSERT INTO course_prerequisites (course_id, prerequisite_id)
        SELECT \(course), n.id FROM unnest(\(ids)) AS n (id)
        ON CONFLICT ON CONSTRAINT course_prerequisites_key DO NOTHING
        """
    }

    static func upsertWaiver(
        of enrollment: Enrollment.ID,
        reason: String,
        by user: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO prerequisite_waivers (enrollment_id, reason, granted_by, granted_at)
        VALUES (\(enrollment), \(reason), \(user), \(instant))
        ON CONFLICT ON CONSTRAINT prerequisite_waivers_key DO UPDATE
        SET reason = excluded.reason, granted_by = excluded.granted_by, granted_at = excluded.granted_at
        """
    }

    /// Reads the course's enrollments backwards: identifiers are in the order of creation.
    static func listWaivers(of course: Course.ID, after: Enrollment.ID?, limit: Int) -> SQL {
        """
        SELECT e.id, e.user_id, u.display_name, w.reason, w.granted_by, w.granted_at
        FROM enrollments e JOIN prerequisite_waivers w ON w.enrollment_id = e.id JOIN users u ON u.id = e.user_id
        WHERE e.course_id = \(course) AND (\(after) IS NULL OR e.id < \(after))
        ORDER BY e.id DESC LIMIT \(limit)
        """
    }
}
