// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `CourseSubmission(row:)` reads, of a submission called `s` of a course called `c`.
    private static var submissionColumns: SQL {
        """
        s.id, s.course_id, c.title, s.course_version, s.note, s.submitted_by, s.submitted_at, s.status, s.decided_by, s.decided_at,
        s.reason
        """
    }

    static func selectWaitingSubmission(of course: Course.ID) -> SQL {
        """
        SELECT \(.submissionColumns)
        FROM course_submissions s JOIN courses c ON c.id = s.course_id
        WHERE s.course_id = \(course) AND s.status = 'waiting'
        """
    }

    static func listSubmissions(of course: Course.ID, after: CourseSubmission.ID?, limit: Int) -> SQL {
        """
        SELECT \(.submissionColumns)
        FROM course_submissions s JOIN courses c ON c.id = s.course_id
        WHERE s.course_id = \(course) AND (\(after) IS NULL OR s.id < \(after))
        ORDER BY s.id DESC LIMIT \(limit)
        """
    }

    /// Those that wait longest come first.
    static func listWaitingSubmissions(after: CourseSubmission.ID?, limit: Int) -> SQL {
        """
        SELECT \(.submissionColumns)
        FROM course_submissions s JOIN courses c ON c.id = s.course_id
        WHERE s.status = 'waiting' AND (\(after) IS NULL OR s.id > \(after))
        ORDER BY s.id LIMIT \(limit)
        """
    }

    static func replaceSubmission(of course: Course.ID, at instant: Date) -> SQL {
        """
        UPDATE course_submissions SET status = 'replaced', decided_at = \(instant)
        WHERE course_id = \(course) AND status = 'waiting'
        """
    }

    static func insertSubmission(
        _ id: CourseSubmission.ID,
        of course: Course.ID,
        version: Int,
        note: String?,
        by user: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO course_submissions (id, course_id, course_version, note, submitted_by, submitted_at)
        VALUES (\(id), \(course), \(version), \(note), \(user), \(instant))
        """
    }

    static func decideSubmission(
        _ id: CourseSubmission.ID,
        as status: CourseSubmission.Status,
        reason: String?,
        by user: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE course_submissions SET status = \(status), reason = \(reason), decided_by = \(user), decided_at = \(instant)
        WHERE id = \(id) AND status = 'waiting'
        """
    }

    static func selectApprovalRule() -> SQL {
        "SELECT is_required, version FROM course_approval_rules"
    }

    /// There may be no row to lock.
    static func lockApprovalRules() -> SQL {
        "LOCK TABLE course_approval_rules IN SHARE ROW EXCLUSIVE MODE"
    }

    static func upsertApprovalRule(_ rule: CourseApprovalRule) -> SQL {
        """
        INSERT INTO course_approval_rules (is_required, version) VALUES (\(rule.isRequired), \(rule.version))
        ON CONFLICT ON CONSTRAINT course_approval_rules_key DO UPDATE
        SET is_required = excluded.is_required, version = excluded.version
        """
    }
}
