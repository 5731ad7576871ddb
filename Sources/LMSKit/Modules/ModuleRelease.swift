// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
internal import LMSTenancy

/// When learners get to a module that is not theirs from the start.
@nonexhaustive
public enum ModuleRelease: Sendable, Hashable {
    /// At an instant, UTC: the same for everybody.
    case at(Date)
    /// So many times 24 hours after the learner began, 0–3650.
    ///
    /// They began when their cohort starts; without one, when they enrolled.
    case afterDays(Int)
}

/// Whether a reader may use a part of a course already.
@nonexhaustive
public enum Availability: Sendable, Hashable {
    /// It is theirs.
    case now
    /// It is listed, and its content comes at this instant, UTC; `nil` if that depends on when they enroll.
    case later(Date?)

    /// When it comes; `nil` if it is there, or depends on when they enroll.
    public var instant: Date? {
        if case .later(let instant) = self { instant } else { nil }
    }
}

extension Module {
    /// When learners get to it; `nil` if it is theirs from the start.
    public var release: ModuleRelease? {
        get { availableAt.map(ModuleRelease.at) ?? availableAfterDays.map(ModuleRelease.afterDays) }
        set {
            (availableAt, availableAfterDays) = (nil, nil)
            switch newValue {
            case .at(let instant): availableAt = instant
            case .afterDays(let days): availableAfterDays = days
            case nil: break
            }
        }
    }
}

extension Availability {
    /// Reads two columns: whether it is there, and when it comes.
    init(fields: inout RowFields) throws(DatabaseError) {
        let isThere: Bool = try fields.next()
        let instant: Date? = try fields.next()
        self = isThere ? .now : .later(instant)
    }

    /// Reads the row of a file or a lesson; what has none is there.
    init(of rows: Rows) throws(DatabaseError) {
        let isThere: Bool? = try rows.only.flatMap { row throws(DatabaseError) -> Bool? in try row[0] }
        let instant: Date? = try rows.only.flatMap { row throws(DatabaseError) -> Date? in try row[1] }
        self = isThere == false ? .later(instant) : .now
    }
}

extension SQL {
    /// When the learner of the enrollment `e` gets to the module `m`; never without one, if it depends on it.
    ///
    /// Days have 24 hours, whatever the session's time zone does in between.
    static var moduleRelease: SQL {
        """
        CASE WHEN m.available_at IS NOT NULL THEN m.available_at
             WHEN m.available_after_days IS NULL THEN '-infinity'
             WHEN e.enrolled_at IS NULL THEN 'infinity'
             ELSE coalesce((SELECT h.starts_at FROM course_cohorts h WHERE h.id = e.cohort_id), e.enrolled_at)
                  + make_interval(hours => 24 * m.available_after_days) END
        """
    }

    /// The modules of a course that are not everybody's from the start, each with what that is for `user`.
    static func selectAvailability(of course: SQL, for user: Principal.ID?, at instant: Date) -> SQL {
        """
        SELECT m.id, r.at <= \(instant), CASE WHEN isfinite(r.at) THEN r.at END
        FROM modules m LEFT JOIN enrollments e ON e.course_id = m.course_id AND e.user_id = \(user)
        CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
        WHERE m.course_id = \(course) AND (m.available_at IS NOT NULL OR m.available_after_days IS NOT NULL)
        """
    }

    /// Whether a lesson that shows a file is there for `user`, and when the first will be; NULLs for a file that no published
    /// lesson shows, and in a course all of which is there from the start.
    ///
    /// The blocks are only looked through where some module is not: a lesson's text names its pictures by their identifiers.
    static func selectAvailability(of file: StoredFile.ID, for user: Principal.ID?, at instant: Date) -> SQL {
        """
        WITH f AS MATERIALIZED (
            SELECT g.id, g.course_id
            FROM (SELECT f.id, \(.courseShowing(for: user)) AS course_id FROM files f WHERE f.id = \(file)) g
            WHERE EXISTS (
                SELECT FROM modules n WHERE n.course_id = g.course_id
                  AND (n.available_at IS NOT NULL OR n.available_after_days IS NOT NULL)
            )
        )
        SELECT bool_or(r.at <= \(instant)), min(r.at) FILTER (WHERE isfinite(r.at))
        FROM f JOIN lessons l ON l.course_id = f.course_id AND l.status = 'published'
        JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
        LEFT JOIN enrollments e ON e.course_id = f.course_id AND e.user_id = \(user)
        CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
        WHERE EXISTS (
            SELECT FROM lesson_blocks b WHERE b.lesson_id = l.id
              AND (b.file_id = f.id OR strpos(b.body, f.id::text) > 0)
        )
        """
    }

    /// Whether a lesson is there for `user`, and when it will be; `lesson` is an expression of its identifier.
    static func selectAvailability(ofLesson lesson: SQL, for user: Principal.ID?, at instant: Date) -> SQL {
        """
        SELECT r.at <= \(instant), CASE WHEN isfinite(r.at) THEN r.at END
        FROM lessons l JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
        LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.user_id = \(user)
        CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
        WHERE l.id = \(lesson)
        """
    }

    static func updateRelease(of module: Module) -> SQL {
        """
        UPDATE modules SET available_at = \(module.availableAt), available_after_days = \(module.availableAfterDays),
            updated_at = \(module.updatedAt)
        WHERE course_id = \(module.course) AND id = \(module.id)
        """
    }

    /// Copies days and no dates: those were of the other course's run.
    static func copyReleases(
        from old: [Module.ID],
        of origin: Course.ID,
        to new: [Module.ID],
        of course: Course.ID
    ) -> SQL {
        """
        UPDATE modules t SET available_after_days = o.available_after_days
        FROM unnest(\(old), \(new)) AS n (old, new) JOIN modules o ON o.course_id = \(origin) AND o.id = n.old
        WHERE t.course_id = \(course) AND t.id = n.new
        """
    }
}
