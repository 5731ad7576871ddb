// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// A course whose grades are meant.
struct GradedCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// A learner's grades in a course.
struct GradedLearnerPath: PathParameters {
    let courseId: Course.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        userId = fields.required("userId", .id())
    }
}

/// `/grade-items/{gradeItemId}`.
struct GradeItemPath: PathParameters {
    let gradeItemId: GradeItem.ID

    init(fields: inout FieldReader) {
        gradeItemId = fields.required("gradeItemId", .id())
    }
}

/// `/grade-items/{gradeItemId}/grades/{userId}`.
struct GradePath: PathParameters {
    let gradeItemId: GradeItem.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        gradeItemId = fields.required("gradeItemId", .id())
        userId = fields.required("userId", .id())
    }
}

/// The query of the grid.
struct GradeGridQuery: QueryParameters {
    let limit: Int
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = fields.optional("limit", .integer(1...Gradebook.gridLimit), default: 50)
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// The query of a learner's history.
struct GradeHistoryQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `PUT /api/v1/courses/{courseId}/gradebook`.
struct GradebookRequest: RequestBody {
    private let mode: GradebookSetup.Mode
    private let policy: MissingPolicy
    private let credit: GradePercentage
    private let rounding: GradeRounding
    private let letters: [LetterRequest]
    private let categories: [CategoryRequest]
    private let completion: CompletionRule

    init(fields: inout FieldReader) {
        mode = fields.optional("mode", .choice(GradebookSetup.Mode.points), default: .points)
        policy = fields.optional("missingWork", .choice(MissingPolicy.ignored), default: .ignored)
        credit = fields.optional("missingCredit", .gradePercentage(), default: .zero)
        rounding = GradeRounding(
            fields.optional("rounding", .choice(GradeRounding.Direction.halfUp), default: .halfUp),
            decimals: fields.optional("decimals", .integer(0...2), default: 2)
        )
        letters = fields.optional(
            "letters",
            .list(.object(LetterRequest.self), 0...GradingScheme.letterLimit),
            default: []
        )
        categories = fields.optional(
            "categories",
            .list(.object(CategoryRequest.self), 0...GradebookSetup.categoryLimit),
            default: []
        )
        completion = CompletionRule(
            minimumGrade: fields.optional("completionGrade", .gradePercentage()),
            needsMandatoryItems: fields.optional("needsMandatoryItems", .flag, default: false),
            needsAllLessons: fields.optional("needsAllLessons", .flag, default: false)
        )
    }

    /// The categories that it names, which must be there.
    var kept: Set<GradeCategory.ID> { Set(categories.compactMap(\.id)) }

    /// What it asks for.
    ///
    /// - Parameter identifiers: Names new categories.
    /// - Returns: How the course is to be graded.
    /// - Throws: `GradebookError.unsoundScheme`.
    func setup(_ identifiers: IdentifierSource) throws -> GradebookSetup {
        GradebookSetup(
            mode: mode,
            missingWork: policy.rule(credit),
            rounding: rounding,
            scheme: try GradingScheme(letters.map { GradingScheme.Letter($0.label, from: $0.minimum) }),
            categories: categories.map {
                GradeCategory(
                    id: $0.id ?? identifiers.next(),
                    name: $0.name,
                    weight: $0.weight,
                    dropLowest: $0.dropLowest
                )
            },
            completion: completion
        )
    }
}

/// What counts where nothing was handed in, as requests and replies call it.
enum MissingPolicy: String, CaseIterable {
    case ignored
    case zeroAfterDue
    case fixedAfterDue

    init(_ rule: MissingWork) {
        switch rule {
        case .ignored: self = .ignored
        case .zeroAfterDue: self = .zeroAfterDue
        case .fixedAfterDue: self = .fixedAfterDue
        }
    }

    func rule(_ credit: GradePercentage) -> MissingWork {
        switch self {
        case .ignored: .ignored
        case .zeroAfterDue: .zeroAfterDue
        case .fixedAfterDue: .fixedAfterDue(credit)
        }
    }
}

/// A letter and from which percentage on it is given.
struct LetterRequest: RequestBody {
    let label: String
    let minimum: GradePercentage

    init(fields: inout FieldReader) {
        label = fields.required("label", .text(1...20, example: "A"))
        minimum = fields.required("minimum", .gradePercentage())
    }
}

/// A category.
struct CategoryRequest: RequestBody {
    let id: GradeCategory.ID?
    let name: String
    let weight: Points
    let dropLowest: Int

    init(fields: inout FieldReader) {
        id = fields.optional("id", .id())
        name = fields.required("name", .text(1...100, example: "Homework"))
        weight = fields.required("weight", .weight)
        dropLowest = fields.optional("dropLowest", .integer(0...50), default: 0)
    }
}

/// An item, new or in place of what it was.
struct GradeItemRequest: RequestBody {
    let draft: GradeItemDraft

    init(fields: inout FieldReader) {
        var draft = GradeItemDraft(
            title: fields.required("title", .text(1...255, example: "Oral examination")),
            maxPoints: fields.required("maxPoints", .maxPoints),
            dueAt: fields.optional("dueAt", .date),
            category: fields.optional("categoryId", .id()),
            position: fields.optional("position", .integer(0...100_000), default: 0)
        )
        draft.isPublished = fields.optional("isPublished", .flag, default: true)
        draft.counts = fields.optional("counts", .flag, default: true)
        draft.isExtraCredit = fields.optional("isExtraCredit", .flag, default: false)
        draft.isMandatory = fields.optional("isMandatory", .flag, default: false)
        self.draft = draft
    }
}

/// `PUT /api/v1/grade-items/{gradeItemId}/grades/{userId}`.
struct GradeRequest: RequestBody {
    let status: Grade.Status
    let score: Points?

    init(fields: inout FieldReader) {
        status = fields.required("status", .choice(Grade.Status.graded))
        score = fields.optional("score", .points)
    }
}

/// `PUT /api/v1/grade-items/{gradeItemId}/grades`.
struct GradesRequest: RequestBody {
    let grades: [LearnerGradeRequest]

    init(fields: inout FieldReader) {
        grades = fields.required("grades", .list(.object(LearnerGradeRequest.self), 1...Gradebook.entryLimit))
    }
}

/// What a learner gets.
struct LearnerGradeRequest: RequestBody {
    let userId: Principal.ID
    let status: Grade.Status
    let score: Points?
    let version: Int?

    init(fields: inout FieldReader) {
        userId = fields.required("userId", .id())
        status = fields.required("status", .choice(Grade.Status.graded))
        score = fields.optional("score", .points)
        version = fields.optional("version", .integer(0...2_147_483_647))
    }
}

/// `PUT /api/v1/grade-items/{gradeItemId}/grades/{userId}/override`.
struct GradeOverrideRequest: RequestBody {
    let score: Points?
    let reason: String

    init(fields: inout FieldReader) {
        score = fields.optional("score", .points)
        reason = fields.required("reason", .text(1...500, example: "Graded again after a complaint"))
    }
}

/// `PUT /api/v1/courses/{courseId}/grades/{userId}/override`.
struct CourseGradeOverrideRequest: RequestBody {
    let percentage: GradePercentage?
    let reason: String

    init(fields: inout FieldReader) {
        percentage = fields.optional("percentage", .gradePercentage(upTo: 200))
        reason = fields.required("reason", .text(1...500, example: "Decided by the board"))
    }
}
