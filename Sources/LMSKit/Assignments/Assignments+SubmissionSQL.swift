// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Submission(row:)` reads, of submissions called `s`.
    static func submissions(text: SQL, for user: Principal.ID?) -> SQL {
        """
        SELECT s.id, s.assignment_id, a.title, a.points, a.is_blind, s.course_id, s.enrollment_id, s.user_id, u.display_name,
            s.pseudonym, s.number, s.status, s.is_latest, \(text), s.sequence, s.saved_at, s.received_at, s.late_days, s.earned,
            s.points, s.levels, s.feedback, s.graded_at, s.released_at, s.version, \(owned(by: user)), s.group_id,
            (SELECT g.name FROM course_groups g WHERE g.id = s.group_id),
            \(.isMuted(.assignment, "a.id", in: "a.course_id"))
        FROM submissions s JOIN assignments a ON a.id = s.assignment_id JOIN users u ON u.id = s.user_id
        """
    }

    static func selectSubmission(_ id: Submission.ID, for user: Principal.ID?) -> SQL {
        "\(submissions(text: "s.body", for: user)) WHERE s.id = \(id)"
    }

    static func selectSubmissions(_ ids: [Submission.ID], for user: Principal.ID?) -> SQL {
        "\(submissions(text: "''", for: user)) WHERE s.id = ANY(\(ids)) ORDER BY s.enrollment_id"
    }

    static func selectDraft(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        """
        \(submissions(text: "s.body", for: user))
        WHERE s.assignment_id = \(id) AND s.holder_id = \(.holder(of: user, in: .assignment(id))) AND s.status = 'draft'
        """
    }

    /// What a learner or their group handed in last; nobody's own in what it returns.
    static func selectLatest(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        """
        \(submissions(text: "''", for: nil))
        WHERE s.assignment_id = \(id) AND s.holder_id = \(.holder(of: user, in: .assignment(id))) AND s.is_latest
        """
    }

    /// How many were handed in, and whether the last of them was returned.
    static func countSubmissions(of user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        """
        SELECT count(*) FILTER (WHERE status <> 'draft'), coalesce(bool_or(is_latest AND status = 'returned'), false),
               EXISTS (SELECT FROM peer_reviews r WHERE r.assignment_id = \(place.assignment) AND r.reviewer_id = \(user)
                       AND r.status <> 'cancelled')
        FROM submissions WHERE assignment_id = \(place.assignment) AND holder_id = \(.holder(of: user, in: place))
        """
    }

    /// Saves a draft, the first text as a new version, unless a later text is there; nothing for who is in none of the groups that it
    /// takes.
    ///
    /// With `isLast` the text replaces what is there, whatever its number.
    static func saveDraft(
        _ id: Submission.ID,
        of user: Principal.ID,
        _ enrollment: Enrollment.ID,
        in assignment: Assignment.ID,
        _ text: String,
        sequence: Int,
        isLast: Bool = false,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO submissions AS s (id, assignment_id, course_id, enrollment_id, user_id, group_id, number, pseudonym, body, sequence,
            saved_at)
        SELECT \(id), a.id, a.course_id, \(enrollment), \(user), m.group_id, coalesce(p.number, 0) + 1,
            coalesce(p.pseudonym, substr(md5(gen_random_uuid()::text), 1, 10)), \(text), \(sequence), \(instant)::timestamptz
        FROM assignments a LEFT JOIN course_group_members m ON m.set_id = a.group_set_id AND m.user_id = \(user)
        LEFT JOIN LATERAL (
            SELECT o.number, o.pseudonym FROM submissions o
            WHERE o.assignment_id = a.id AND o.holder_id = coalesce(m.group_id, \(user)::uuid)
            ORDER BY o.number DESC LIMIT 1) p ON true
        WHERE a.id = \(assignment) AND (a.group_set_id IS NULL OR m.group_id IS NOT NULL)
        ON CONFLICT (assignment_id, holder_id) WHERE status = 'draft' DO UPDATE
        SET body = excluded.body, sequence = excluded.sequence, saved_at = excluded.saved_at, version = s.version + 1
        WHERE \(isLast) OR s.sequence < excluded.sequence
        """
    }

    /// Takes the place of what was handed in before; comes before `submit`, because only one is the latest.
    static func supersede(by id: Submission.ID, in assignment: Assignment.ID) -> SQL {
        """
        UPDATE submissions SET is_latest = false
        WHERE assignment_id = \(assignment) AND is_latest AND holder_id = (SELECT holder_id FROM submissions WHERE id = \(id))
        """
    }

    /// Hands a draft in, under another pseudonym than a version has whose learner is known since its release.
    static func submit(_ id: Submission.ID, daysLate: Int, at instant: Date) -> SQL {
        """
        UPDATE submissions s SET status = 'submitted', is_latest = true, received_at = \(instant), late_days = \(daysLate),
            version = version + 1,
            pseudonym = CASE WHEN EXISTS (
                SELECT FROM submissions o WHERE o.assignment_id = s.assignment_id AND o.holder_id = s.holder_id
                    AND o.pseudonym = s.pseudonym AND o.released_at IS NOT NULL)
                THEN substr(md5(gen_random_uuid()::text), 1, 10) ELSE s.pseudonym END
        WHERE id = \(id) AND status = 'draft'
        """
    }

    static func setDaysLate(_ days: Int, of id: Submission.ID) -> SQL {
        "UPDATE submissions SET late_days = \(days), version = version + 1 WHERE id = \(id) AND late_days <> \(days)"
    }

    static func listSubmissions(
        of id: Assignment.ID,
        status: Submission.Status?,
        for user: Principal.ID?,
        after: Submission.ID?,
        limit: Int
    ) -> SQL {
        let after: SQL = after.map { "AND s.id > \($0)" } ?? ""
        let state: SQL = status.map { "AND s.status = \($0)" } ?? ""
        return """
            \(submissions(text: "''", for: user)) WHERE s.assignment_id = \(id) AND s.is_latest \(state) \(after)
            ORDER BY s.id LIMIT \(limit)
            """
    }

    static func listOwnSubmissions(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        """
        \(submissions(text: "''", for: user))
        WHERE s.assignment_id = \(id) AND s.id IN (\(.ownSubmissions(of: user))) ORDER BY s.number DESC, s.id LIMIT 100
        """
    }

    static func listOwnSubmissions(
        of user: Principal.ID,
        inCourse course: Course.ID,
        after: Submission.ID?,
        limit: Int
    ) -> SQL {
        """
        \(submissions(text: "''", for: user))
        WHERE s.id IN (\(.ownSubmissions(of: user))) AND s.course_id = \(course) AND (\(after) IS NULL OR s.id > \(after))
        ORDER BY s.id LIMIT \(limit)
        """
    }

    /// Everything that somebody wrote, alone or in groups, for their record.
    static func selectOwnSubmissions(of user: Principal.ID) -> SQL {
        """
        \(submissions(text: "s.body", for: user)) WHERE s.id IN (\(.ownSubmissions(of: user))) ORDER BY s.id
        """
    }

    static func listComments(of id: Submission.ID) -> SQL {
        "SELECT id, starts, ends, body, created_at FROM submission_comments WHERE submission_id = \(id) ORDER BY starts, id"
    }
}
