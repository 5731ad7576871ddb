// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Whatever changes a learner's submissions holds the learner's place.
    static func lockPlace(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        """
        SELECT FROM enrollments WHERE user_id = \(user)
            AND course_id = (SELECT course_id FROM assignments WHERE id = \(id)) FOR NO KEY UPDATE
        """
    }

    static func lockPlace(of id: Submission.ID, owner: Principal.ID?) -> SQL {
        """
        SELECT FROM enrollments WHERE id = (SELECT enrollment_id FROM submissions
            WHERE id = \(id) AND (\(owner) IS NULL OR user_id = \(owner))) FOR NO KEY UPDATE
        """
    }

    /// What `Submission(row:)` reads, of submissions called `s`.
    private static func submissions(text: SQL) -> SQL {
        """
        SELECT s.id, s.assignment_id, a.title, a.points, a.is_blind, s.course_id, s.enrollment_id, s.user_id, u.display_name,
            s.pseudonym, s.number, s.status, s.is_latest, \(text), s.sequence, s.saved_at, s.received_at, s.late_days, s.earned,
            s.points, s.levels, s.feedback, s.graded_at, s.released_at, s.version
        FROM submissions s JOIN assignments a ON a.id = s.assignment_id JOIN users u ON u.id = s.user_id
        """
    }

    static func selectSubmission(_ id: Submission.ID) -> SQL { "\(submissions(text: "s.body")) WHERE s.id = \(id)" }

    static func selectSubmissions(_ ids: [Submission.ID]) -> SQL {
        "\(submissions(text: "''")) WHERE s.id = ANY(\(ids)) ORDER BY s.enrollment_id"
    }

    static func selectDraft(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        "\(submissions(text: "s.body")) WHERE s.assignment_id = \(id) AND s.user_id = \(user) AND s.status = 'draft'"
    }

    static func selectLatest(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        "\(submissions(text: "''")) WHERE s.assignment_id = \(id) AND s.user_id = \(user) AND s.is_latest"
    }

    /// How many were handed in, and whether the last of them was returned.
    static func countSubmissions(of user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        """
        SELECT count(*) FILTER (WHERE status <> 'draft'), coalesce(bool_or(is_latest AND status = 'returned'), false)
        FROM submissions WHERE assignment_id = \(place.assignment) AND user_id = \(user)
        """
    }

    /// Saves a draft, the first text as a new version, unless a later text is there.
    static func saveDraft(
        _ id: Submission.ID,
        of user: Principal.ID,
        _ enrollment: Enrollment.ID,
        in assignment: Assignment.ID,
        _ text: String,
        sequence: Int,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO submissions AS s (id, assignment_id, course_id, enrollment_id, user_id, number, pseudonym, body, sequence, saved_at)
        SELECT \(id), a.id, a.course_id, \(enrollment), \(user), coalesce(p.number, 0) + 1,
            coalesce(p.pseudonym, substr(md5(gen_random_uuid()::text), 1, 10)), \(text), \(sequence), \(instant)::timestamptz
        FROM assignments a LEFT JOIN LATERAL (
            SELECT o.number, o.pseudonym FROM submissions o WHERE o.assignment_id = a.id AND o.user_id = \(user)
            ORDER BY o.number DESC LIMIT 1) p ON true
        WHERE a.id = \(assignment)
        ON CONFLICT (assignment_id, user_id) WHERE status = 'draft' DO UPDATE
        SET body = excluded.body, sequence = excluded.sequence, saved_at = excluded.saved_at, version = s.version + 1
        WHERE s.sequence < excluded.sequence
        """
    }

    /// Takes the place of what was handed in before; comes before `submit`, because only one is the latest.
    static func supersede(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        "UPDATE submissions SET is_latest = false WHERE assignment_id = \(id) AND user_id = \(user) AND is_latest"
    }

    static func submit(_ id: Submission.ID, daysLate: Int, at instant: Date) -> SQL {
        """
        UPDATE submissions SET status = 'submitted', is_latest = true, received_at = \(instant), late_days = \(daysLate),
            version = version + 1
        WHERE id = \(id) AND status = 'draft'
        """
    }

    static func setDaysLate(_ days: Int, of id: Submission.ID) -> SQL {
        "UPDATE submissions SET late_days = \(days), version = version + 1 WHERE id = \(id) AND late_days <> \(days)"
    }

    static func listSubmissions(
        of id: Assignment.ID,
        status: Submission.Status?,
        after: Submission.ID?,
        limit: Int
    ) -> SQL {
        let after: SQL = after.map { "AND s.id > \($0)" } ?? ""
        let state: SQL = status.map { "AND s.status = \($0)" } ?? ""
        return """
            \(submissions(text: "''")) WHERE s.assignment_id = \(id) AND s.is_latest \(state) \(after)
            ORDER BY s.id LIMIT \(limit)
            """
    }

    static func listOwnSubmissions(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        """
        \(submissions(text: "''")) WHERE s.assignment_id = \(id) AND s.user_id = \(user) ORDER BY s.number DESC LIMIT 100
        """
    }

    static func listOwnSubmissions(
        of user: Principal.ID,
        inCourse course: Course.ID,
        after: Submission.ID?,
        limit: Int
    ) -> SQL {
        """
        \(submissions(text: "''"))
        WHERE s.user_id = \(user) AND s.course_id = \(course) AND (\(after) IS NULL OR s.id > \(after))
        ORDER BY s.id LIMIT \(limit)
        """
    }

    /// Everything that somebody wrote, for their record.
    static func selectOwnSubmissions(of user: Principal.ID) -> SQL {
        "\(submissions(text: "s.body")) WHERE s.user_id = \(user) ORDER BY s.id"
    }

    static func listComments(of id: Submission.ID) -> SQL {
        "SELECT id, starts, ends, body, created_at FROM submission_comments WHERE submission_id = \(id) ORDER BY starts, id"
    }
}
