// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Course(row:)` reads, of a course called `c`.
    static var courseColumns: SQL {
        """
        c.id, c.slug, c.title, c.description, c.category, c.level, c.price_minor, c.currency, c.thumbnail_url,
        c.status, c.is_featured, c.is_trending, c.is_open, c.completion_threshold, c.tags, c.seat_limit,
        ARRAY(SELECT i.role || ':' || i.user_id FROM course_instructors i WHERE i.course_id = c.id
              ORDER BY i.assigned_at, i.user_id),
        c.version, c.seats_taken, c.published_lessons, c.rating_count, c.rating_sum,
        c.created_at, c.updated_at, c.published_at, c.series_id, c.edition, c.superseded_at, c.is_template
        """
    }

    static func selectCourse(_ id: Course.ID) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c WHERE c.id = \(id)
        """
    }

    static func selectCourse(slug: String) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c WHERE c.slug = \(slug)
        """
    }

    /// Every change to a course, its curriculum or its seats begins with this lock, and takes locks on enrollments only
    /// after it: one order, so no deadlock.
    ///
    /// It does not hinder the foreign keys of new enrollments.
    static func lockCourses(_ ids: [Course.ID]) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c WHERE c.id = ANY(\(ids)) ORDER BY c.id FOR NO KEY UPDATE OF c
        """
    }

    /// Returns no row if the slug is taken.
    static func insertCourse(_ course: Course) -> SQL {
        """
        INSERT INTO courses (id, slug, title, description, category, level, price_minor, currency, thumbnail_url, status,
                             is_featured, is_trending, is_open, completion_threshold, tags, seat_limit, created_at, updated_at,
                             series_id, edition)
        VALUES (\(course.id), \(course.slug), \(course.title), \(course.description), \(course.category), \(course.level),
                \(course.price?.minorUnits), \(course.price?.currency.description), \(course.thumbnail), \(course.status),
                \(course.isFeatured), \(course.isTrending), \(course.isOpen), \(course.completionThreshold), \(course.tags),
                \(course.seatLimit), \(course.createdAt), \(course.updatedAt), \(course.series), \(course.edition))
        ON CONFLICT ON CONSTRAINT courses_slug_uq DO NOTHING
        RETURNING id
        """
    }

    static func updateCourse(_ course: Course) -> SQL {
        """
        UPDATE courses SET
            slug = \(course.slug), title = \(course.title), description = \(course.description),
            category = \(course.category), level = \(course.level), price_minor = \(course.price?.minorUnits),
            currency = \(course.price?.currency.description), thumbnail_url = \(course.thumbnail),
            status = \(course.status), is_featured = \(course.isFeatured), is_trending = \(course.isTrending),
            is_open = \(course.isOpen), completion_threshold = \(course.completionThreshold), tags = \(course.tags),
            seat_limit = \(course.seatLimit), version = \(course.version), updated_at = \(course.updatedAt),
            published_at = \(course.publishedAt)
        WHERE id = \(course.id)
        """
    }

    static func updateStatus(_ status: Course.Status, of ids: [Course.ID], at instant: Date) -> SQL {
        """
        UPDATE courses SET status = \(status), version = version + 1, updated_at = \(instant),
            published_at = CASE WHEN \(status) = 'published' THEN coalesce(published_at, \(instant)) ELSE published_at END
        WHERE id = ANY(\(ids)) AND status <> \(status)
        """
    }

    /// Marks the course as changed after something in it was; its row is locked.
    static func touchCourse(_ id: Course.ID, at instant: Date) -> SQL {
        """
        UPDATE courses SET version = version + 1, updated_at = \(instant),
            published_lessons = (SELECT count(*) FROM lessons l WHERE l.course_id = \(id) AND l.status = 'published')
        WHERE id = \(id)
        """
    }

    static func deleteCourse(_ id: Course.ID) -> SQL {
        "DELETE FROM courses WHERE id = \(id)"
    }

    static func replaceInstructors(of id: Course.ID, with users: [Principal.ID]) -> SQL {
        "DELETE FROM course_instructors WHERE course_id = \(id) AND role = 'instructor' AND user_id <> ALL(\(users))"
    }

    /// Keeps the order of the list: each has its own microsecond.
    ///
    /// Whoever changes their role goes to its end, so that nobody becomes the primary instructor by having been something else for long.
    static func insertStaff(_ users: [Principal.ID], as role: CourseRole, of id: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO course_instructors AS i (course_id, role, assigned_at, user_id)
        SELECT \(id), \(role), \(instant)::timestamptz + u.n * interval '1 microsecond', u.id
        FROM unnest(\(users)) WITH ORDINALITY AS u (id, n)
        ON CONFLICT ON CONSTRAINT course_instructors_key DO UPDATE
        SET role = excluded.role, assigned_at = excluded.assigned_at WHERE i.role <> excluded.role
        """
    }

    static func deleteStaff(_ user: Principal.ID, of id: Course.ID) -> SQL {
        "DELETE FROM course_instructors WHERE course_id = \(id) AND user_id = \(user)"
    }
}
