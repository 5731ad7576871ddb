// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Cohort(row:)` reads, of a cohort called `h`.
    private static var cohortColumns: SQL {
        """
        h.id, h.course_id, h.name, h.starts_at, h.ends_at, h.seat_limit, h.instructor_id, \(.cohortSeatsTaken),
        h.version, h.created_at, h.updated_at
        """
    }

    /// How many seats of the cohort `h` are taken.
    ///
    /// They are counted and not kept, so that nothing that takes a place away can forget it; the course's row is locked by whoever
    /// gives one.
    private static var cohortSeatsTaken: SQL {
        """
        (SELECT count(*) FROM enrollments x WHERE x.cohort_id = h.id AND x.status IN ('pending_payment', 'active', 'completed'))
        """
    }

    static func selectCohort(_ id: Cohort.ID?, of course: Course.ID) -> SQL {
        """
        SELECT \(.cohortColumns)
        FROM course_cohorts h WHERE h.course_id = \(course) AND h.id = \(id)
        """
    }

    static func countCohorts(of course: Course.ID) -> SQL {
        "SELECT count(*) FROM course_cohorts WHERE course_id = \(course)"
    }

    /// The cohorts of a course in the order in which they start, each with whether `user` has a place in it.
    static func selectCohorts(of course: Course.ID, for user: Principal.ID?) -> SQL {
        """
        SELECT \(.cohortColumns),
               EXISTS (SELECT FROM enrollments y WHERE y.course_id = h.course_id AND y.user_id = \(user) AND y.cohort_id = h.id
                       AND y.status IN ('pending_payment', 'active', 'completed'))
        FROM course_cohorts h WHERE h.course_id = \(course) ORDER BY h.starts_at, h.id
        """
    }

    /// Whether a learner may take a seat of a cohort at an instant; without one they need none.
    static func hasSeat(in cohort: Cohort.ID?, of course: Course.ID, at instant: Date) -> SQL {
        """
        (\(cohort)::uuid IS NULL OR EXISTS (
            SELECT FROM course_cohorts h
            WHERE h.course_id = \(course) AND h.id = \(cohort) AND (h.ends_at IS NULL OR h.ends_at > \(instant))
              AND (h.seat_limit IS NULL OR h.seat_limit > \(.cohortSeatsTaken))
        ))
        """
    }

    static func insertCohort(_ id: Cohort.ID, _ draft: CohortDraft, of course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO course_cohorts (id, course_id, name, starts_at, ends_at, seat_limit, instructor_id, created_at, updated_at)
        VALUES (\(id), \(course), \(draft.name), \(draft.startsAt), \(draft.endsAt), \(draft.seatLimit), \(draft.instructor),
                \(instant), \(instant))
        """
    }

    /// Changes nothing if more seats are taken than the new limit allows.
    static func updateCohort(_ id: Cohort.ID, _ draft: CohortDraft, of course: Course.ID, at instant: Date) -> SQL {
        """
        UPDATE course_cohorts h SET
            name = \(draft.name), starts_at = \(draft.startsAt), ends_at = \(draft.endsAt), seat_limit = \(draft.seatLimit),
            instructor_id = \(draft.instructor), version = h.version + 1, updated_at = \(instant)
        WHERE h.course_id = \(course) AND h.id = \(id)
          AND (\(draft.seatLimit)::integer IS NULL OR \(draft.seatLimit) >= \(.cohortSeatsTaken))
        """
    }

    /// Those who left the course, or went on in a later version, are not in its way.
    static func forgetLeavers(of cohort: Cohort.ID, in course: Course.ID) -> SQL {
        """
        UPDATE enrollments SET cohort_id = NULL
        WHERE course_id = \(course) AND cohort_id = \(cohort) AND status IN ('dropped', 'expired', 'migrated')
        """
    }

    static func deleteCohort(_ id: Cohort.ID, of course: Course.ID) -> SQL {
        "DELETE FROM course_cohorts WHERE course_id = \(course) AND id = \(id)"
    }

    /// Gives the learner of a course a seat of a cohort, if there is one; whoever has it keeps it.
    static func joinCohort(_ id: Cohort.ID, of course: Course.ID, _ user: Principal.ID) -> SQL {
        """
        UPDATE enrollments e SET cohort_id = h.id
        FROM course_cohorts h
        WHERE h.course_id = \(course) AND h.id = \(id) AND e.course_id = h.course_id AND e.user_id = \(user)
          AND e.status IN ('pending_payment', 'active', 'completed')
          AND (e.cohort_id = h.id OR h.seat_limit IS NULL OR h.seat_limit > \(.cohortSeatsTaken))
        RETURNING e.id
        """
    }

    static func leaveCohort(_ id: Cohort.ID, of course: Course.ID, _ user: Principal.ID) -> SQL {
        """
        UPDATE enrollments SET cohort_id = NULL
        WHERE course_id = \(course) AND cohort_id = \(id) AND user_id = \(user)
          AND status IN ('pending_payment', 'active', 'completed')
        RETURNING id
        """
    }

    static func listMembers(of cohort: Cohort.ID, in course: Course.ID, after: Enrollment.ID?, limit: Int) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
               e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
               u.display_name, u.email, u.avatar_url
        FROM enrollments e JOIN courses c ON c.id = e.course_id JOIN users u ON u.id = e.user_id
        WHERE e.cohort_id = \(cohort) AND e.course_id = \(course)
          AND e.status IN ('pending_payment', 'active', 'completed') AND (\(after) IS NULL OR e.id < \(after))
        ORDER BY e.id DESC LIMIT \(limit)
        """
    }
}
