// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
package import LMSTenancy

extension SQL {
    /// What `CourseGradebook` reads, of the course that an expression names.
    static func selectGradebook(of course: SQL) -> [SQL] {
        [selectGradebookSetup(of: course), selectGradeCategories(of: course), selectGradeItems(of: course)]
    }

    private static func selectGradebookSetup(of course: SQL) -> SQL {
        """
        SELECT mode, missing_policy, missing_credit, rounding, decimals, letters, boundaries, is_muted, completion_grade,
               needs_mandatory_items, needs_all_lessons, version
        FROM gradebooks WHERE course_id = \(course)
        """
    }

    private static func selectGradeCategories(of course: SQL) -> SQL {
        """
        SELECT id, name, (weight * 1000000)::bigint, drop_lowest FROM grade_categories WHERE course_id = \(course)
        ORDER BY position, id
        """
    }

    private static var gradeItemColumns: SQL {
        """
        i.id, i.course_id, i.kind, i.subject_id, i.title, (i.max_points * 1000000)::bigint, i.due_at, i.category_id,
        i.position, i.is_published, i.counts, i.is_extra_credit, i.is_mandatory, i.is_muted, i.version
        """
    }

    private static func selectGradeItems(of course: SQL) -> SQL {
        "SELECT \(.gradeItemColumns) FROM grade_items i WHERE i.course_id = \(course) ORDER BY i.position, i.id"
    }

    /// Whether learners are kept from all grades of the course that an expression names.
    static func isMuted(course: SQL) -> SQL {
        "EXISTS (SELECT FROM gradebooks mb WHERE mb.course_id = \(course) AND mb.is_muted)"
    }

    /// Whether learners are kept from the grades of a quiz or an assignment, by its item or its course; both are expressions.
    static func isMuted(_ kind: GradeItem.Kind, _ subject: SQL, in course: SQL) -> SQL {
        """
        (EXISTS (SELECT FROM grade_items mi WHERE mi.kind = \(kind) AND mi.subject_id = \(subject) AND mi.is_muted)
            OR \(isMuted(course: course)))
        """
    }

    static func selectGradeItem(_ id: GradeItem.ID) -> SQL {
        "SELECT \(.gradeItemColumns) FROM grade_items i WHERE i.id = \(id)"
    }

    static func selectCourse(ofItem id: GradeItem.ID) -> SQL {
        """
        SELECT \(.courseColumns) FROM courses c WHERE c.id = (SELECT course_id FROM grade_items WHERE id = \(id))
        """
    }

    static func lockGradedCourse(ofItem id: GradeItem.ID) -> SQL {
        """
        SELECT id FROM courses WHERE id = (SELECT course_id FROM grade_items WHERE id = \(id)) FOR NO KEY UPDATE
        """
    }

    /// A page of a course's learners, each with all of their grades as arrays, so that 500 × 50 grades are 500 rows.
    ///
    /// A page is a range of `enrollments_course_id_idx`, each learner's grades one of `grades_key`. Arrays have no NULLs: no score
    /// is -1 in them, and no moment the beginning of 1970.
    ///
    /// - Parameters:
    ///   - course: An expression of the course.
    ///   - place: The one place that is wanted.
    ///   - learner: The one learner who is wanted.
    ///   - isActive: Whether only active places are wanted.
    ///   - after: The last place of the page before.
    ///   - limit: The most learners.
    /// - Returns: A SELECT.
    package static func selectGradeGrid(
        of course: SQL,
        place: Enrollment.ID? = nil,
        learner: Principal.ID? = nil,
        onlyActive isActive: Bool = false,
        after: Enrollment.ID? = nil,
        limit: Int
    ) -> SQL {
        """
        SELECT e.id, e.user_id, u.display_name, u.email, o.percentage, coalesce(o.version, 0), coalesce(g.items, '{}'),
               coalesce(g.scores, '{}'), coalesce(g.statuses, '{}'), coalesce(g.overrides, '{}'), coalesce(g.graded, '{}'),
               coalesce(g.released, '{}'), coalesce(g.versions, '{}')
        FROM (
            SELECT id, user_id FROM enrollments
            WHERE course_id = \(course) AND status <> 'pending_payment' AND (\(place)::uuid IS NULL OR id = \(place))
              AND (\(learner)::uuid IS NULL OR user_id = \(learner)) AND (\(after)::uuid IS NULL OR id > \(after))
              AND (NOT \(isActive) OR status = 'active')
            ORDER BY id LIMIT \(limit)
        ) e
        JOIN users u ON u.id = e.user_id
        LEFT JOIN course_grade_overrides o ON o.course_id = \(course) AND o.user_id = e.user_id
        LEFT JOIN LATERAL (
            SELECT array_agg(x.item_id) AS items,
                   array_agg(coalesce((x.score * 1000000)::bigint, -1)) AS scores,
                   array_agg(\(.shownStatus(of: "x"))) AS statuses,
                   array_agg(coalesce((x.override_score * 1000000)::bigint, -1)) AS overrides,
                   array_agg(x.graded_at) AS graded,
                   array_agg(coalesce(x.released_at, 'epoch'::timestamptz)) AS released,
                   array_agg(x.version::bigint) AS versions
            FROM grades x WHERE x.course_id = \(course) AND x.user_id = e.user_id
        ) g ON true
        ORDER BY e.id
        """
    }

    static func selectGradeChanges(
        of learner: Principal.ID,
        in course: Course.ID,
        before ordinal: Int?,
        limit: Int
    ) -> SQL {
        """
        SELECT id, item_id, kind, source, (before_score * 1000000)::bigint, before_status,
               (after_score * 1000000)::bigint, after_status, reason, changed_by, changed_at, ordinal
        FROM grade_changes
        WHERE course_id = \(course) AND user_id = \(learner)
          AND (\(ordinal)::bigint IS NULL OR ordinal < \(ordinal))
        ORDER BY ordinal DESC LIMIT \(limit)
        """
    }
}

extension CourseGradebook {
    /// Reads the replies to `selectGradebook(of:)`.
    init(course: Course.ID, _ replies: ArraySlice<Rows>) throws {
        guard replies.count == 3, let first = replies.first else { throw DatabaseError.connectionLost }
        let categories = try replies[replies.startIndex + 1].map { row throws(DatabaseError) -> GradeCategory in
            var fields = RowFields(row)
            return GradeCategory(
                id: try fields.next(),
                name: try fields.next(),
                weight: try fields.next(),
                dropLowest: try fields.next()
            )
        }
        let items = try replies[replies.startIndex + 2].map { row throws(DatabaseError) in try GradeItem(row: row) }
        var setup = GradebookSetup(categories: categories)
        guard let row = first.only else {
            self.init(course: course, setup: setup, isMuted: false, version: 0, items: items)
            return
        }
        var fields = RowFields(row)
        setup.mode = try fields.next()
        let policy: String = try fields.next()
        let credit: Int = try fields.next()
        setup.missingWork =
            switch policy {
            case "zero_after_due": .zeroAfterDue
            case "fixed_after_due": .fixedAfterDue(GradePercentage(hundredths: credit))
            default: .ignored
            }
        setup.rounding = GradeRounding(try fields.next(), decimals: try fields.next())
        setup.scheme = GradingScheme(labels: try fields.next(), boundaries: try fields.next())
        let isMuted: Bool = try fields.next()
        let minimum: Int? = try fields.next()
        setup.completion = CompletionRule(
            minimumGrade: minimum.map(GradePercentage.init(hundredths:)),
            needsMandatoryItems: try fields.next(),
            needsAllLessons: try fields.next()
        )
        self.init(course: course, setup: setup, isMuted: isMuted, version: try fields.next(), items: items)
    }
}

extension LearnerGrades {
    /// Which of a learner's grades are looked at.
    enum View {
        /// All, for those who teach.
        case everything
        /// What the learner may see, and what that comes to.
        case released
        /// What the learner may see, with everything else without points, as is what can still be handed in: what decides must
        /// not give away what is not released, must not pass over it either, and must not credit what is to be done yet.
        case decided
    }

    /// Reads a row of `selectGradeGrid` and sums it up.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - book: The gradebook.
    ///   - view: Which of the grades are wanted.
    ///   - now: What is due before it is missing.
    /// - Throws: `DatabaseError.undecodable`.
    init(row: Row, in book: CourseGradebook, _ view: View, at now: Date) throws(DatabaseError) {
        var fields = RowFields(row)
        let enrollment: Enrollment.ID = try fields.next()
        let learner: Principal.ID = try fields.next()
        let name: String = try fields.next()
        let email: String? = try fields.next()
        let percentage: Int? = try fields.next()
        let overrideVersion: Int = try fields.next()
        let items: [GradeItem.ID] = try fields.next()
        let scores: [Points] = try fields.next()
        let statuses: [Grade.Status] = try fields.next()
        let overrides: [Points] = try fields.next()
        let graded: [Date] = try fields.next()
        let released: [Date] = try fields.next()
        let versions: [Int] = try fields.next()
        let isReleased = view != .everything
        let seen = isReleased ? Set(book.released.map(\.id)) : []
        var unreleased = view == .decided ? Set(book.items.map(\.id)).subtracting(seen) : []
        var grades: [Grade] = []
        grades.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            let releasedAt = released[index].timeIntervalSince1970 > 0 ? released[index] : nil
            guard !isReleased || seen.contains(item) && releasedAt != nil else {
                unreleased.insert(item)
                continue
            }
            grades.append(
                Grade(
                    item: item,
                    score: scores[index] < .zero ? nil : scores[index],
                    status: statuses[index],
                    override: overrides[index] < .zero ? nil : overrides[index],
                    gradedAt: graded[index],
                    releasedAt: releasedAt,
                    version: versions[index]
                )
            )
        }
        let isHidden = isReleased && book.isMuted
        let found = ItemGrades(grades)
        self.init(
            enrollment: enrollment,
            learner: learner,
            name: name,
            email: isReleased ? nil : email,
            grades: found,
            sum: GradebookPolicy.grade(
                found,
                by: view == .released ? GradingPlan(book.released, book.setup) : book.plan,
                override: isHidden ? nil : percentage.map(GradePercentage.init(hundredths:)),
                openWork: view == .decided ? .worthless(hidden: unreleased) : .credited,
                at: now
            ),
            overrideVersion: isReleased ? nil : overrideVersion
        )
    }
}
