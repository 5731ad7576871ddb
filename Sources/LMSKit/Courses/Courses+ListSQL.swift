// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Whose courses a list may show: what `CourseQuery.Scope` means for one reader.
struct CourseVisibility {
    /// The reader, if a role in the course matters; each of them shows what is not published.
    var staff: Principal.ID?
    var everything = false
    var onlyOwn = false

    init(_ scope: CourseQuery.Scope, for principal: Principal) {
        switch scope {
        case .catalog: break
        case .visible:
            everything = principal.may(.courseRead, on: .foreign)
            if principal.may(.courseRead, on: .own) { staff = principal.user }
        case .mine:
            onlyOwn = true
            if principal.may(.courseRead, on: .own) { staff = principal.user }
        }
    }
}

extension SQL {
    /// Whether a course called `c` is asked for and may be seen.
    private static func matches(_ query: CourseQuery, to: CourseVisibility) -> SQL {
        """
        (c.status = 'published' AND NOT \(to.onlyOwn) OR \(to.everything)
            OR EXISTS (SELECT FROM course_instructors i WHERE i.course_id = c.id AND i.user_id = \(to.staff)))
        AND NOT c.is_template
        AND (\(query.status) IS NULL OR c.status = \(query.status))
        AND (\(query.category) IS NULL OR c.category = \(query.category))
        AND (\(query.level) IS NULL OR c.level = \(query.level))
        AND (\(query.isFeatured) IS NULL OR c.is_featured = \(query.isFeatured))
        AND (\(query.isTrending) IS NULL OR c.is_trending = \(query.isTrending))
        AND (\(query.isFree) IS NULL OR (c.price_minor IS NULL) = \(query.isFree))
        AND c.tags @> \(query.tags)
        AND (\(query.search) IS NULL OR strpos(lower(c.title || ' ' || c.description), lower(\(query.search))) > 0)
        """
    }

    static func countCourses(_ query: CourseQuery, to: CourseVisibility) -> SQL {
        """
        SELECT count(*) FROM courses c
        WHERE \(.matches(query, to: to))
        """
    }

    /// Reads the primary key backwards: identifiers are in the order of creation.
    static func listNewestCourses(
        _ query: CourseQuery,
        to: CourseVisibility,
        after: Course.ID?,
        limit: Int,
        offset: Int
    ) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c
        WHERE (\(after) IS NULL OR c.id < \(after))
          AND \(.matches(query, to: to))
        ORDER BY c.id DESC LIMIT \(limit) OFFSET \(offset)
        """
    }

    static func listCoursesByTitle(
        _ query: CourseQuery,
        to: CourseVisibility,
        after: (title: String, id: Course.ID)?,
        limit: Int,
        offset: Int
    ) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c
        WHERE (\(after?.id) IS NULL OR (c.title, c.id) > (\(after?.title), \(after?.id)))
          AND \(.matches(query, to: to))
        ORDER BY c.title, c.id LIMIT \(limit) OFFSET \(offset)
        """
    }

    /// Sorts all that match by a number, largest first; a tenant has thousands of courses and not millions.
    static func listCoursesByNumber(
        _ query: CourseQuery,
        to: CourseVisibility,
        after: (number: Int, id: Course.ID)?,
        limit: Int,
        offset: Int
    ) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c
        CROSS JOIN LATERAL (
            SELECT CASE \(query.order)
                       WHEN 'price' THEN -coalesce(c.price_minor, 0)
                       WHEN 'price_desc' THEN coalesce(c.price_minor, 0)
                       WHEN 'rating' THEN coalesce(c.rating_sum * 10000 / nullif(c.rating_count, 0), 0)
                       ELSE c.seats_taken END AS number
        ) n
        WHERE (\(after?.id) IS NULL OR (n.number, c.id) < (\(after?.number), \(after?.id)))
          AND \(.matches(query, to: to))
        ORDER BY n.number DESC, c.id DESC LIMIT \(limit) OFFSET \(offset)
        """
    }
}
