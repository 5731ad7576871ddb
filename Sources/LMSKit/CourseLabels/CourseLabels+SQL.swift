// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func listCategories(after: String?, limit: Int) -> SQL {
        """
        SELECT c.category, count(*) FROM courses c
        WHERE c.category IS NOT NULL AND (\(after)::text IS NULL OR c.category > \(after))
        GROUP BY c.category ORDER BY c.category LIMIT \(limit)
        """
    }

    static func listTags(after: String?, limit: Int) -> SQL {
        """
        SELECT t.tag, count(DISTINCT c.id) FROM courses c CROSS JOIN LATERAL unnest(c.tags) AS t (tag)
        WHERE \(after)::text IS NULL OR t.tag > \(after)
        GROUP BY t.tag ORDER BY t.tag LIMIT \(limit)
        """
    }

    /// In the order in which every change of several courses locks them.
    static func lockCategory(_ category: String) -> SQL {
        "SELECT FROM courses WHERE category = \(category) ORDER BY id FOR NO KEY UPDATE"
    }

    static func lockTag(_ tag: String) -> SQL {
        "SELECT FROM courses WHERE tags @> ARRAY[\(tag)::text] ORDER BY id FOR NO KEY UPDATE"
    }

    static func changeCategory(_ old: String, to new: String?, by principal: Principal, at instant: Date) -> SQL {
        let statement: SQL = """
            WITH u AS (
                UPDATE courses SET category = \(new), version = version + 1, updated_at = \(instant)
                WHERE category = \(old) RETURNING id, slug, status
            )
            SELECT count(\(.recordingLabels(by: principal, at: instant))) FROM u
            """
        return statement.announcing(.events)
    }

    /// A course that has the new tag already loses the old one, and keeps the order of the others.
    static func changeTag(_ old: String, to new: String?, by principal: Principal, at instant: Date) -> SQL {
        let statement: SQL = """
            WITH u AS (
                UPDATE courses SET
                    tags = CASE WHEN \(new)::text IS NULL OR tags @> ARRAY[\(new)::text] THEN array_remove(tags, \(old)::text)
                                ELSE array_replace(tags, \(old)::text, \(new)::text) END,
                    version = version + 1, updated_at = \(instant)
                WHERE tags @> ARRAY[\(old)::text] RETURNING id, slug, status
            )
            SELECT count(\(.recordingLabels(by: principal, at: instant))) FROM u
            """
        return statement.announcing(.events)
    }

    /// Records for the updated courses `u` of a statement that they were changed.
    private static func recordingLabels(by principal: Principal, at instant: Date) -> SQL {
        recordingEvent(
            .courseUpdated,
            of: "u.id",
            payload: """
                jsonb_build_object('courseId', u.id, 'slug', u.slug, 'status', u.status, 'change', 'content')
                """,
            by: principal,
            at: instant
        )
    }
}
