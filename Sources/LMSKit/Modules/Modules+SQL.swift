// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectModules(of course: Course.ID) -> SQL {
        """
        SELECT id, course_id, title, position, created_at, updated_at, available_at, available_after_days
        FROM modules WHERE course_id = \(course) ORDER BY position, id
        """
    }

    static func selectModules(ofSlug slug: String) -> SQL {
        """
        SELECT m.id, m.course_id, m.title, m.position, m.created_at, m.updated_at, m.available_at, m.available_after_days
        FROM modules m JOIN courses c ON c.id = m.course_id WHERE c.slug = \(slug) ORDER BY m.position, m.id
        """
    }

    /// Inserts modules, or updates the title and place of those that are there.
    ///
    /// The lists run in parallel.
    static func upsertModules(
        _ ids: [Module.ID],
        of course: Course.ID,
        titles: [String],
        positions: [Int],
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO modules (id, course_id, title, position, created_at, updated_at)
        SELECT n.id, \(course), n.title, n.position, \(instant), \(instant)
        FROM unnest(\(ids), \(titles), \(positions)) AS n (id, title, position)
        ON CONFLICT ON CONSTRAINT modules_key DO UPDATE
        SET title = excluded.title, position = excluded.position, updated_at = excluded.updated_at
        WHERE (modules.title, modules.position) IS DISTINCT FROM (excluded.title, excluded.position)
        """
    }

    /// Deletes modules with their lessons.
    static func deleteModules(_ ids: [Module.ID], of course: Course.ID) -> SQL {
        "DELETE FROM modules WHERE course_id = \(course) AND id = ANY(\(ids))"
    }
}
