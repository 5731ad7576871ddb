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
    /// Whether a course called `c` may be seen and is asked for.
    ///
    /// Has only the conditions that are asked for: a generic plan asks every row each of those that a parameter switches off.
    private static func matches(_ query: CourseQuery, to visibility: CourseVisibility) -> SQL {
        """
        \(.visible(to: visibility)) AND NOT c.is_template
        \(.given(query.status) { "AND c.status = \($0)" })
        \(.given(query.category) { "AND c.category = \($0)" })
        \(.given(query.level) { "AND c.level = \($0)" })
        \(.given(query.isFeatured) { "AND c.is_featured = \($0)" })
        \(.given(query.isTrending) { "AND c.is_trending = \($0)" })
        \(.given(query.isFree) { "AND (c.price_minor IS NULL) = \($0)" })
        \(.given(query.tags.isEmpty ? nil : query.tags) { "AND c.tags @> \($0)" })
        \(.given(query.search) { "AND strpos(lower(c.title || ' ' || c.description), lower(\($0))) > 0" })
        """
    }

    private static func visible(to visibility: CourseVisibility) -> SQL {
        if visibility.everything { return "TRUE" }
        switch (visibility.onlyOwn, visibility.staff) {
        case (true, nil): return "FALSE"
        case (true, let reader?): return .hasRole(reader)
        case (false, nil): return "c.status = 'published'"
        case (false, let reader?): return "(c.status = 'published' OR \(.hasRole(reader)))"
        }
    }

    private static func hasRole(_ reader: Principal.ID) -> SQL {
        "EXISTS (SELECT FROM course_instructors i WHERE i.course_id = c.id AND i.user_id = \(reader))"
    }

    /// A condition if there is a value to compare with.
    private static func given<Value>(_ value: Value?, _ condition: (Value) -> SQL) -> SQL {
        value.map(condition) ?? ""
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
        WHERE \(.matches(query, to: to)) \(.given(after) { "AND c.id < \($0)" })
        ORDER BY c.id DESC \(.rows(limit, after: offset))
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
        WHERE \(.matches(query, to: to)) \(.given(after) { "AND (c.title, c.id) > (\($0.title), \($0.id))" })
        ORDER BY c.title, c.id \(.rows(limit, after: offset))
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
        WHERE \(.matches(query, to: to)) \(.given(after) { "AND (n.number, c.id) < (\($0.number), \($0.id))" })
        ORDER BY n.number DESC, c.id DESC \(.rows(limit, after: offset))
        """
    }
}
