// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What a statement finds the course by.
enum AssignmentPlace: Sendable {
    case course(Course.ID)
    case rubric(Rubric.ID)
    case assignment(Assignment.ID)
    case submission(Submission.ID)
    case peerReview(PeerReview.ID)
    case groupSet(GroupSet.ID)
    case group(CourseGroup.ID)

    /// An expression of the course.
    var course: SQL {
        switch self {
        case .course(let id): "\(id)"
        case .rubric(let id): "(SELECT course_id FROM rubrics WHERE id = \(id))"
        case .assignment(let id): "(SELECT course_id FROM assignments WHERE id = \(id))"
        case .submission(let id): "(SELECT course_id FROM submissions WHERE id = \(id))"
        case .peerReview(let id):
            "(SELECT w.course_id FROM peer_reviews v JOIN assignments w ON w.id = v.assignment_id WHERE v.id = \(id))"
        case .groupSet(let id): "(SELECT course_id FROM group_sets WHERE id = \(id))"
        case .group(let id): "(SELECT course_id FROM course_groups WHERE id = \(id))"
        }
    }

    /// An expression of the assignment; only of what is one or belongs to one.
    var assignment: SQL {
        switch self {
        case .course, .rubric, .groupSet, .group: "NULL::uuid"
        case .assignment(let id): "\(id)"
        case .submission(let id): "(SELECT assignment_id FROM submissions WHERE id = \(id))"
        case .peerReview(let id): "(SELECT assignment_id FROM peer_reviews WHERE id = \(id))"
        }
    }
}

extension SQL {
    static func selectCourse(of place: AssignmentPlace) -> SQL {
        "SELECT \(.courseColumns) FROM courses c WHERE c.id = \(place.course)"
    }

    /// The place of somebody in a course: its identifier and its status.
    static func selectPlace(of user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        "SELECT id, status FROM enrollments WHERE user_id = \(user) AND course_id = \(place.course)"
    }

    /// Comes before the lock of an assignment whose item in the gradebook changes.
    static func lockCourse(of place: AssignmentPlace) -> SQL {
        "SELECT FROM courses WHERE id = \(place.course) FOR NO KEY UPDATE"
    }

    /// What `Assignment(row:)` reads, of assignments called `a`.
    private static func assignmentColumns(criteria: SQL) -> SQL {
        """
        a.id, a.course_id, a.status, a.title, a.instructions, a.lesson_id, a.points, a.rubric_id, a.opens_at, a.due_at,
        a.closes_at, a.grace_seconds, a.accepts_late, a.late_penalty, a.late_floor, a.submission_limit, a.is_blind, a.release,
        a.completes_on, a.takes, a.file_limit, a.file_byte_limit, a.file_types, a.group_set_id, a.rubric_version, \(criteria), a.version,
        a.created_at, a.updated_at, a.published_at, a.reminded_of
        """
    }

    static func selectAssignment(of place: AssignmentPlace) -> SQL {
        let criteria: SQL = """
            (SELECT v.criteria FROM rubric_versions v WHERE v.rubric_id = a.rubric_id AND v.number = a.rubric_version)
            """
        return "SELECT \(assignmentColumns(criteria: criteria)) FROM assignments a WHERE a.id = \(place.assignment)"
    }

    static func listAssignments(
        of course: Course.ID,
        lesson: Lesson.ID?,
        showsDrafts: Bool,
        after: Assignment.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(assignmentColumns(criteria: "NULL::jsonb")) FROM assignments a
        WHERE a.course_id = \(course) AND (\(showsDrafts) OR a.status <> 'draft') AND (\(after) IS NULL OR a.id > \(after))
            AND (\(lesson) IS NULL OR a.lesson_id = \(lesson))
        ORDER BY a.id LIMIT \(limit)
        """
    }

    /// An assignment is changed, and its held grades are released, under this lock; it holds up who hands in.
    static func lockAssignment(_ id: Assignment.ID) -> SQL {
        "SELECT FROM assignments WHERE id = \(id) FOR NO KEY UPDATE"
    }

    /// Keeps an assignment as it is; neither learners nor graders hold each other up.
    static func shareAssignment(of place: AssignmentPlace) -> SQL {
        "SELECT FROM assignments WHERE id = \(place.assignment) FOR SHARE"
    }

    static func selectAssignmentLesson(_ id: Lesson.ID, of course: Course.ID) -> SQL {
        "SELECT true FROM lessons WHERE id = \(id) AND course_id = \(course)"
    }

    static func insertAssignment(
        _ id: Assignment.ID,
        _ settings: AssignmentSettings,
        rubricVersion: Int?,
        in course: Course.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO assignments (id, course_id, lesson_id, title, instructions, points, rubric_id, rubric_version, opens_at, due_at,
            closes_at, grace_seconds, accepts_late, late_penalty, late_floor, submission_limit, is_blind, release, completes_on,
            takes, file_limit, file_byte_limit, file_types, group_set_id, created_at, updated_at)
        VALUES (\(id), \(course), \(settings.lesson), \(settings.title), \(settings.instructions), \(settings.points),
            \(settings.rubric), \(rubricVersion), \(settings.opensAt), \(settings.dueAt), \(settings.closesAt),
            \(settings.graceSeconds), \(settings.acceptsLate), \(settings.latePenalty), \(settings.lateFloor),
            \(settings.submissionLimit), \(settings.isBlind), \(settings.release), \(settings.completion), \(settings.takes),
            \(settings.fileLimit), \(settings.fileLimitInBytes), \(settings.fileTypes), \(settings.groupSet),
            \(instant), \(instant))
        """
    }

    static func updateAssignment(
        _ id: Assignment.ID,
        _ settings: AssignmentSettings,
        rubricVersion: Int?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE assignments SET lesson_id = \(settings.lesson), title = \(settings.title),
            instructions = \(settings.instructions), points = \(settings.points), rubric_id = \(settings.rubric),
            rubric_version = \(rubricVersion), opens_at = \(settings.opensAt), due_at = \(settings.dueAt),
            closes_at = \(settings.closesAt), grace_seconds = \(settings.graceSeconds),
            accepts_late = \(settings.acceptsLate), late_penalty = \(settings.latePenalty),
            late_floor = \(settings.lateFloor), submission_limit = \(settings.submissionLimit),
            is_blind = \(settings.isBlind), release = \(settings.release), completes_on = \(settings.completion),
            takes = \(settings.takes), file_limit = \(settings.fileLimit),
            file_byte_limit = \(settings.fileLimitInBytes), file_types = \(settings.fileTypes),
            group_set_id = \(settings.groupSet),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func setAssignmentStatus(_ id: Assignment.ID, _ status: Assignment.Status, at instant: Date) -> SQL {
        """
        UPDATE assignments SET status = \(status), published_at = coalesce(published_at, \(instant)),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func deleteAssignment(_ id: Assignment.ID) -> SQL { "DELETE FROM assignments WHERE id = \(id)" }

    static func noteReminder(_ id: Assignment.ID, of due: Date) -> SQL {
        "UPDATE assignments SET reminded_of = \(due) WHERE id = \(id)"
    }

    /// Whether anybody began or handed in, and whether anybody was graded or is about to be judged by their peers.
    static func selectUse(of id: Assignment.ID) -> SQL {
        """
        SELECT EXISTS (SELECT FROM submissions WHERE assignment_id = \(id)),
            EXISTS (SELECT FROM submissions WHERE assignment_id = \(id) AND graded_at IS NOT NULL)
            OR EXISTS (SELECT FROM peer_review_settings WHERE assignment_id = \(id) AND allocated_at IS NOT NULL)
            OR EXISTS (SELECT FROM peer_review_examples WHERE assignment_id = \(id))
        """
    }

    static func listExtensions(of id: Assignment.ID, user: Principal.ID? = nil, after: Principal.ID?, limit: Int) -> SQL
    {
        """
        SELECT x.user_id, u.display_name, x.due_at, x.closes_at, x.extra_submissions, x.reason, x.granted_at
        FROM assignment_extensions x JOIN users u ON u.id = x.user_id
        WHERE x.assignment_id = \(id) AND (\(user) IS NULL OR x.user_id = \(user)) AND (\(after) IS NULL OR x.user_id > \(after))
        ORDER BY x.user_id LIMIT \(limit)
        """
    }

    /// What a learner was given, with what any other member of their group was.
    static func selectExtension(of user: Principal.ID?, in place: AssignmentPlace) -> SQL {
        """
        SELECT min(x.user_id::text)::uuid, '', max(x.due_at), max(x.closes_at), max(x.extra_submissions), min(x.reason), max(x.granted_at)
        FROM assignment_extensions x
        WHERE x.assignment_id = \(place.assignment) AND (x.user_id = \(user) OR x.user_id IN (
            SELECT m.user_id FROM course_group_members m WHERE m.group_id = \(.holder(of: user, in: place))))
        HAVING count(*) > 0
        """
    }

    /// Returns no row unless the learner has a place in the assignment's course.
    static func putExtension(
        of user: Principal.ID,
        in id: Assignment.ID,
        _ granted: NewAssignmentExtension,
        by grantor: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO assignment_extensions (assignment_id, user_id, due_at, closes_at, extra_submissions, reason, granted_at, granted_by)
        SELECT a.id, e.user_id, \(granted.dueAt)::timestamptz, \(granted.closesAt)::timestamptz, \(granted.extraSubmissions), \(granted.reason), \(instant)::timestamptz,
            \(grantor)::uuid
        FROM assignments a JOIN enrollments e ON e.course_id = a.course_id AND e.user_id = \(user)
        WHERE a.id = \(id) AND e.status IN ('active', 'completed')
        ON CONFLICT ON CONSTRAINT assignment_extensions_key DO UPDATE
        SET due_at = excluded.due_at, closes_at = excluded.closes_at, extra_submissions = excluded.extra_submissions,
            reason = excluded.reason, granted_at = excluded.granted_at, granted_by = excluded.granted_by
        RETURNING user_id
        """
    }

    static func deleteExtension(of user: Principal.ID, in id: Assignment.ID) -> SQL {
        "DELETE FROM assignment_extensions WHERE assignment_id = \(id) AND user_id = \(user) RETURNING user_id"
    }
}
