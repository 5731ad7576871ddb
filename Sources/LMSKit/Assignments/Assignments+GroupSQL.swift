// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `GroupSet(row:)` reads, of sets called `t`.
    private static let groupSets: SQL = """
        SELECT t.id, t.course_id, t.title, (SELECT count(*) FROM course_groups g WHERE g.set_id = t.id), t.version, t.created_at
        FROM group_sets t
        """

    /// What `CourseGroup(row:)` reads, of groups called `g`.
    private static let courseGroups: SQL = """
        SELECT g.id, g.set_id, g.course_id, g.name, g.version, g.created_at, coalesce(m.users, '{}'), coalesce(m.names, '{}')
        FROM course_groups g LEFT JOIN LATERAL (
            SELECT array_agg(u.id ORDER BY u.id) AS users, array_agg(u.display_name ORDER BY u.id) AS names
            FROM course_group_members p JOIN users u ON u.id = p.user_id WHERE p.group_id = g.id
        ) m ON true
        """

    static func listGroupSets(of course: Course.ID, after: GroupSet.ID?, limit: Int) -> SQL {
        """
        \(groupSets) WHERE t.course_id = \(course) AND (\(after) IS NULL OR t.id > \(after)) ORDER BY t.id LIMIT \(limit)
        """
    }

    static func selectGroupSet(_ id: GroupSet.ID) -> SQL { "\(groupSets) WHERE t.id = \(id)" }

    static func countGroupSets(of course: Course.ID) -> SQL {
        "SELECT count(*) FROM group_sets WHERE course_id = \(course)"
    }

    static func insertGroupSet(_ id: GroupSet.ID, _ title: String, in course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO group_sets (id, course_id, title, created_at) VALUES (\(id), \(course), \(title), \(instant))
        """
    }

    static func renameGroupSet(_ id: GroupSet.ID, _ title: String) -> SQL {
        "UPDATE group_sets SET title = \(title), version = version + 1 WHERE id = \(id)"
    }

    static func deleteGroupSet(_ id: GroupSet.ID) -> SQL { "DELETE FROM group_sets WHERE id = \(id)" }

    /// Under this lock groups and who is in them change; it waits for who hands something in, and holds them up.
    static func lockGroupSet(_ id: GroupSet.ID) -> SQL {
        "SELECT FROM group_sets WHERE id = \(id) FOR NO KEY UPDATE"
    }

    static func lockGroupSet(of group: CourseGroup.ID) -> SQL {
        """
        SELECT FROM group_sets WHERE id = (SELECT set_id FROM course_groups WHERE id = \(group)) FOR NO KEY UPDATE
        """
    }

    static func listGroups(of set: GroupSet.ID, after: CourseGroup.ID?, limit: Int) -> SQL {
        "\(courseGroups) WHERE g.set_id = \(set) AND (\(after) IS NULL OR g.id > \(after)) ORDER BY g.id LIMIT \(limit)"
    }

    /// The groups in which somebody is; of each set of a course one at most.
    static func listOwnGroups(of user: Principal.ID, in course: Course.ID, limit: Int) -> SQL {
        """
        \(courseGroups) WHERE g.course_id = \(course)
            AND g.id IN (SELECT o.group_id FROM course_group_members o WHERE o.user_id = \(user))
        ORDER BY g.id LIMIT \(limit)
        """
    }

    static func selectGroup(_ id: CourseGroup.ID) -> SQL { "\(courseGroups) WHERE g.id = \(id)" }

    static func insertGroup(_ id: CourseGroup.ID, _ name: String, in set: GroupSet, at instant: Date) -> SQL {
        """
        INSERT INTO course_groups (id, set_id, course_id, name, created_at)
        VALUES (\(id), \(set.id), \(set.course), \(name), \(instant))
        """
    }

    static func changeGroup(_ id: CourseGroup.ID, name: String) -> SQL {
        "UPDATE course_groups SET name = \(name), version = version + 1 WHERE id = \(id)"
    }

    static func deleteGroup(_ id: CourseGroup.ID) -> SQL { "DELETE FROM course_groups WHERE id = \(id)" }

    static func removeMembers(of id: CourseGroup.ID, besides users: [Principal.ID]) -> SQL {
        "DELETE FROM course_group_members WHERE group_id = \(id) AND user_id <> ALL(\(users))"
    }

    /// Puts learners who have a place in the course into a group, besides those who are in it.
    static func insertMembers(_ users: [Principal.ID], into id: CourseGroup.ID) -> SQL {
        """
        INSERT INTO course_group_members (set_id, group_id, user_id)
        SELECT g.set_id, g.id, e.user_id
        FROM course_groups g JOIN enrollments e ON e.course_id = g.course_id AND e.user_id = ANY(\(users))
        WHERE g.id = \(id) AND e.status IN ('active', 'completed')
            AND NOT EXISTS (SELECT FROM course_group_members m WHERE m.group_id = g.id AND m.user_id = e.user_id)
        """
    }

    static func countMembers(of id: CourseGroup.ID) -> SQL {
        "SELECT count(*) FROM course_group_members WHERE group_id = \(id)"
    }
}
