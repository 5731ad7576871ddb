// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func deleteGradeCategories(of course: Course.ID, but ids: [GradeCategory.ID]) -> SQL {
        "DELETE FROM grade_categories WHERE course_id = \(course) AND id <> ALL(\(ids))"
    }

    static func putGradeCategories(_ categories: [GradeCategory], of course: Course.ID) -> SQL {
        """
        INSERT INTO grade_categories AS c (id, course_id, name, weight, drop_lowest, position)
        SELECT x.id, \(course), x.name, x.weight * 0.000001, x.drop_lowest, x.position
        FROM unnest(\(categories.map(\.id))::uuid[], \(categories.map(\.name))::text[],
                    \(categories.map(\.weight))::bigint[], \(categories.map(\.dropLowest))::bigint[])
            WITH ORDINALITY AS x (id, name, weight, drop_lowest, position)
        ON CONFLICT ON CONSTRAINT grade_categories_key DO UPDATE SET
            name = excluded.name, weight = excluded.weight, drop_lowest = excluded.drop_lowest, position = excluded.position
        WHERE c.course_id = excluded.course_id
        """
    }

    static func putGradebook(_ setup: GradebookSetup, of course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO gradebooks AS b (course_id, mode, missing_policy, missing_credit, rounding, decimals, letters, boundaries,
                                     completion_grade, needs_mandatory_items, needs_all_lessons, updated_at)
        VALUES (\(course), \(setup.mode), \(setup.missingWork.name), \(setup.missingWork.credit.hundredths),
                \(setup.rounding.direction), \(setup.rounding.decimals), \(setup.scheme.letters.map(\.label)),
                \(setup.scheme.letters.map(\.minimum.hundredths)), \(setup.completion.minimumGrade?.hundredths),
                \(setup.completion.needsMandatoryItems), \(setup.completion.needsAllLessons), \(instant))
        ON CONFLICT ON CONSTRAINT gradebooks_key DO UPDATE SET
            mode = excluded.mode, missing_policy = excluded.missing_policy, missing_credit = excluded.missing_credit,
            rounding = excluded.rounding, decimals = excluded.decimals, letters = excluded.letters,
            boundaries = excluded.boundaries, completion_grade = excluded.completion_grade,
            needs_mandatory_items = excluded.needs_mandatory_items, needs_all_lessons = excluded.needs_all_lessons,
            updated_at = excluded.updated_at, version = b.version + 1
        """
    }

    static func insertGradeItem(
        _ id: GradeItem.ID,
        in course: Course.ID,
        _ draft: GradeItemDraft,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO grade_items (id, course_id, category_id, kind, title, max_points, due_at, position, is_published, counts,
                                 is_extra_credit, is_mandatory, created_at, updated_at)
        VALUES (\(id), \(course), \(draft.category), 'manual', \(draft.title), \(draft.maxPoints)::bigint * 0.000001,
                \(draft.dueAt), \(draft.position), \(draft.isPublished), \(draft.counts), \(draft.isExtraCredit),
                \(draft.isMandatory), \(instant), \(instant))
        """
    }

    static func updateGradeItem(_ id: GradeItem.ID, _ draft: GradeItemDraft, at instant: Date) -> SQL {
        """
        UPDATE grade_items SET category_id = \(draft.category), title = \(draft.title),
            max_points = \(draft.maxPoints)::bigint * 0.000001, due_at = \(draft.dueAt), position = \(draft.position),
            is_published = \(draft.isPublished), counts = \(draft.counts), is_extra_credit = \(draft.isExtraCredit),
            is_mandatory = \(draft.isMandatory), version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func deleteManualGradeItem(_ id: GradeItem.ID) -> SQL {
        """
        DELETE FROM grade_items i WHERE i.id = \(id) AND i.kind = 'manual'
          AND NOT EXISTS (SELECT FROM grades g WHERE g.item_id = i.id)
        """
    }
}

extension MissingWork {
    /// As the database calls it.
    var name: String {
        switch self {
        case .ignored: "ignored"
        case .zeroAfterDue: "zero_after_due"
        case .fixedAfterDue: "fixed_after_due"
        }
    }
}
