// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Whose submissions are: a learner's own, or those of the group in which they hand an assignment in.
extension SQL {
    /// An expression of who holds somebody's submissions of an assignment: they, or their group; NULL if it is for groups and they are
    /// in none.
    static func holder(of user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        """
        (SELECT CASE WHEN ha.group_set_id IS NULL THEN \(user)::uuid ELSE hm.group_id END
         FROM assignments ha LEFT JOIN course_group_members hm ON hm.set_id = ha.group_set_id AND hm.user_id = \(user)
         WHERE ha.id = \(place.assignment))
        """
    }

    /// Whether the submission `s` is somebody's: of a draft whoever is in the group, of what was handed in whoever was then.
    static func owned(by user: Principal.ID?) -> SQL {
        """
        CASE WHEN \(user)::uuid IS NULL THEN false
             WHEN s.group_id IS NULL THEN s.user_id = \(user)
             WHEN s.status = 'draft' THEN EXISTS (
                SELECT FROM course_group_members om WHERE om.group_id = s.group_id AND om.user_id = \(user))
             ELSE EXISTS (SELECT FROM submission_members om WHERE om.submission_id = s.id AND om.user_id = \(user)) END
        """
    }

    /// The identifiers of all that is somebody's, as `owned(by:)` says.
    static func ownSubmissions(of user: Principal.ID) -> SQL {
        """
        SELECT x.id FROM submissions x WHERE x.user_id = \(user) AND x.group_id IS NULL
        UNION ALL SELECT x.submission_id FROM submission_members x WHERE x.user_id = \(user)
        UNION ALL SELECT d.id FROM course_group_members x JOIN submissions d ON d.group_id = x.group_id AND d.status = 'draft'
            WHERE x.user_id = \(user)
        """
    }

    /// What is locked before somebody's submissions of an assignment change: who is in which group stays until the commit, and of a
    /// group one changes something at a time.
    static func lockHolder(of user: Principal.ID, in place: AssignmentPlace) -> [SQL] {
        [
            "SELECT FROM group_sets WHERE id = (SELECT group_set_id FROM assignments WHERE id = \(place.assignment)) FOR SHARE",
            "SELECT FROM course_groups WHERE id = \(holder(of: user, in: place)) FOR NO KEY UPDATE",
            """
            SELECT FROM enrollments WHERE course_id = \(place.course) AND (user_id = \(user) OR user_id IN (
                SELECT m.user_id FROM course_group_members m WHERE m.group_id = \(holder(of: user, in: place))))
            ORDER BY id FOR NO KEY UPDATE
            """,
        ]
    }

    /// What is locked before a submission that was handed in changes: the group, and the places of all whose it is.
    static func lockMembers(of id: Submission.ID) -> [SQL] {
        [
            "SELECT FROM course_groups WHERE id = (SELECT group_id FROM submissions WHERE id = \(id)) FOR NO KEY UPDATE",
            lockPlaces(ofMembersOf: [id]),
        ]
    }

    /// In the one order in which enrollments are locked.
    static func lockPlaces(ofMembersOf ids: [Submission.ID]) -> SQL {
        """
        SELECT FROM enrollments WHERE id IN (
            SELECT enrollment_id FROM submissions WHERE id = ANY(\(ids))
            UNION SELECT enrollment_id FROM submission_members WHERE submission_id = ANY(\(ids)))
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// The group in which somebody hands an assignment in; no row if they do for themselves, or are in none.
    static func selectOwnGroup(of user: Principal.ID, in place: AssignmentPlace) -> SQL {
        """
        SELECT m.group_id FROM assignments a JOIN course_group_members m ON m.set_id = a.group_set_id
        WHERE a.id = \(place.assignment) AND m.user_id = \(user)
        """
    }

    /// Whether two work together on an assignment.
    static func selectIsTogether(_ user: Principal.ID, with other: Principal.ID?, in place: AssignmentPlace) -> SQL {
        "SELECT coalesce(\(holder(of: user, in: place)) = \(holder(of: other, in: place)), false)"
    }

    /// Writes down who is in the group of what is handed in, of those who have a place in the course.
    static func freezeMembers(of id: Submission.ID) -> SQL {
        """
        INSERT INTO submission_members (submission_id, user_id, enrollment_id)
        SELECT s.id, m.user_id, e.id
        FROM submissions s JOIN course_group_members m ON m.group_id = s.group_id
            JOIN enrollments e ON e.course_id = s.course_id AND e.user_id = m.user_id AND e.status IN ('active', 'completed')
        WHERE s.id = \(id)
        """
    }

    /// A row if a draft would take the place of what waits for its grade, or its release, and whose member with a place in the course is
    /// in the group no more: the grade of the draft is not theirs, and what is superseded gets none.
    static func selectLeftBehind(by id: Submission.ID) -> SQL {
        """
        SELECT true FROM submissions d
            JOIN submissions p ON p.assignment_id = d.assignment_id AND p.holder_id = d.holder_id AND p.is_latest
            JOIN submission_members m ON m.submission_id = p.id
            JOIN enrollments e ON e.id = m.enrollment_id AND e.status IN ('active', 'completed')
        WHERE d.id = \(id) AND (p.status = 'submitted' OR p.status = 'graded' AND p.released_at IS NULL)
            AND NOT EXISTS (SELECT FROM course_group_members g WHERE g.group_id = d.group_id AND g.user_id = m.user_id)
        LIMIT 1
        """
    }

    /// Whose submissions are; what `SubmissionMember(row:)` reads.
    static func listMembers(of ids: [Submission.ID]) -> SQL {
        """
        SELECT s.id, p.user_id, p.enrollment_id, u.display_name
        FROM submissions s CROSS JOIN LATERAL (
            SELECT s.user_id, s.enrollment_id WHERE s.group_id IS NULL
            UNION ALL SELECT m.user_id, m.enrollment_id FROM submission_members m WHERE m.submission_id = s.id
            UNION ALL SELECT m.user_id, e.id FROM course_group_members m
                JOIN enrollments e ON e.course_id = s.course_id AND e.user_id = m.user_id
                WHERE m.group_id = s.group_id AND s.status = 'draft'
        ) p JOIN users u ON u.id = p.user_id
        WHERE s.id = ANY(\(ids)) ORDER BY s.id, p.user_id
        """
    }

    /// Has another member stand for a group in place of somebody who is erased; what nobody else has a part in goes with them.
    static func handOverSubmissions(of user: User.ID) -> SQL {
        """
        UPDATE submissions t SET user_id = n.user_id, enrollment_id = n.enrollment_id
        FROM (
            SELECT DISTINCT ON (s.id) s.id, e.user_id, e.id AS enrollment_id
            FROM submissions s JOIN enrollments e ON e.course_id = s.course_id AND e.user_id <> s.user_id
            WHERE s.user_id = \(user) AND s.group_id IS NOT NULL AND (
                EXISTS (SELECT FROM submission_members m WHERE m.submission_id = s.id AND m.user_id = e.user_id)
                OR s.status = 'draft' AND EXISTS (
                    SELECT FROM course_group_members m WHERE m.group_id = s.group_id AND m.user_id = e.user_id))
            ORDER BY s.id, e.id
        ) n WHERE t.id = n.id
        """
    }
}
