// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// How a course is graded, and what is graded in it.
struct GradebookBody: ResponseBody {
    let book: CourseGradebook

    init(_ book: CourseGradebook) {
        self.book = book
    }

    static var example: GradebookBody { GradebookBody(.example) }
    static var variations: [GradebookBody] {
        [
            GradebookBody(
                CourseGradebook(course: .example, setup: GradebookSetup(), isMuted: false, version: 0, items: [])
            )
        ]
    }

    var etag: ETag { ETag(version: book.version, of: book.course, showing: self) }

    func write(to json: inout JSONWriter) {
        let setup = book.setup
        json.object { object in
            object.field("courseId", book.course)
            object.field("mode", setup.mode.rawValue)
            object.field("missingWork", MissingPolicy(setup.missingWork).rawValue)
            var credit = GradePercentage.zero
            if case .fixedAfterDue(let fixed) = setup.missingWork { credit = fixed }
            object.field("missingCredit", credit.json)
            object.field("rounding", setup.rounding.direction.rawValue)
            object.field("decimals", setup.rounding.decimals)
            object.field("letters", setup.scheme.letters.map(LetterBody.init))
            object.field("categories", setup.categories.map(CategoryBody.init))
            object.field("completionGrade", setup.completion.minimumGrade?.json)
            object.field("needsMandatoryItems", setup.completion.needsMandatoryItems)
            object.field("needsAllLessons", setup.completion.needsAllLessons)
            object.field("isMuted", book.isMuted)
            object.field("version", book.version)
            object.field("gradeItems", book.items.map(GradeItemBody.init))
        }
    }

    private struct LetterBody: JSONWritable {
        let letter: GradingScheme.Letter

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("label", letter.label)
                object.field("minimum", letter.minimum.json)
            }
        }
    }

    private struct CategoryBody: JSONWritable {
        let category: GradeCategory

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("id", category.id)
                object.field("name", category.name)
                object.field("weight", category.weight.json)
                object.field("dropLowest", category.dropLowest)
            }
        }
    }
}

/// Something that learners get a grade for.
struct GradeItemBody: ResponseBody {
    let item: GradeItem

    init(_ item: GradeItem) {
        self.item = item
    }

    static var example: GradeItemBody { GradeItemBody(.example(.manual)) }
    static var variations: [GradeItemBody] { [GradeItemBody(.example(.quiz))] }

    var etag: ETag { ETag(version: item.version, of: item.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", item.id)
            object.field("courseId", item.course)
            object.field("kind", item.kind.rawValue)
            object.field("subjectId", item.subject.map { Identifier<GradeItem>($0) })
            object.field("title", item.draft.title)
            object.field("maxPoints", item.draft.maxPoints.json)
            object.field("dueAt", item.draft.dueAt)
            object.field("categoryId", item.draft.category)
            object.field("position", item.draft.position)
            object.field("isPublished", item.draft.isPublished)
            object.field("counts", item.draft.counts)
            object.field("isExtraCredit", item.draft.isExtraCredit)
            object.field("isMandatory", item.draft.isMandatory)
            object.field("isMuted", item.isMuted)
            object.field("version", item.version)
        }
    }
}

/// A learner with all their grades, and what they come to.
struct LearnerGradesBody: ResponseBody {
    let learner: LearnerGrades

    init(_ learner: LearnerGrades) {
        self.learner = learner
    }

    static var example: LearnerGradesBody { LearnerGradesBody(.example(.example)) }
    static var variations: [LearnerGradesBody] { [LearnerGradesBody(.example(.empty))] }

    /// The tag of the grade in one item.
    func etag(of item: GradeItem.ID) -> ETag {
        ETag(version: learner.grades[item]?.version ?? 0, of: item, showing: self)
    }

    /// The tag of what counts in place of the course's grade.
    var overrideTag: ETag { ETag(version: learner.overrideVersion ?? 0, of: learner.learner, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("enrollmentId", learner.enrollment)
            object.field("userId", learner.learner)
            object.field("name", learner.name)
            object.field("email", learner.email)
            object.field("grades", GradesBody(grades: learner.grades.all))
            object.field("current", learner.sum.current?.json)
            object.field("final", learner.sum.final?.json)
            object.field("override", learner.sum.override?.json)
            object.field("overrideVersion", learner.overrideVersion)
            object.field("letter", learner.sum.letter)
            object.field("finalLetter", learner.sum.finalLetter)
            object.field("droppedItemIds", learner.sum.dropped.map(\.description).sorted())
        }
    }

    private struct GradesBody: JSONWritable {
        let grades: [Grade]

        func write(to json: inout JSONWriter) {
            json.array { array in
                for grade in grades { array.value(GradeBody(grade: grade)) }
            }
        }
    }

    private struct GradeBody: JSONWritable {
        private static let gradeItemID = FlatName("gradeItemId")
        private static let score = FlatName("score")
        private static let status = FlatName("status")
        private static let override = FlatName("override")
        private static let gradedAt = FlatName("gradedAt")
        private static let releasedAt = FlatName("releasedAt")
        private static let version = FlatName("version")

        let grade: Grade

        func write(to json: inout JSONWriter) {
            json.flatObject(capacity: 384) { object in
                object.member(Self.gradeItemID, grade.item)
                object.member(Self.score, units: grade.score?.millionths, decimals: 6)
                object.member(Self.status, plain: grade.status.rawValue)
                object.member(Self.override, units: grade.override?.millionths, decimals: 6)
                object.member(Self.gradedAt, grade.gradedAt)
                object.member(Self.releasedAt, grade.releasedAt)
                object.member(Self.version, grade.version)
            }
        }
    }
}

/// One's grades in a course.
struct MyGradesBody: ResponseBody {
    let items: [GradeItem]
    let learner: LearnerGrades

    static var example: MyGradesBody { MyGradesBody(items: [.example(.manual)], learner: .example(.example)) }
    static var variations: [MyGradesBody] { [MyGradesBody(items: [.example(.quiz)], learner: .example(.empty))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("gradeItems", items.map(GradeItemBody.init))
            object.field("learner", LearnerGradesBody(learner))
        }
    }
}

/// What entering many grades came to.
struct EnteredGradesBody: ResponseBody {
    let entered: Int
    let changed: Int

    static var example: EnteredGradesBody { EnteredGradesBody(entered: 3, changed: 2) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("entered", entered)
            object.field("changed", changed)
        }
    }
}

/// A change of a grade.
struct GradeChangeBody: ResponseBody {
    let change: GradeChange

    init(_ change: GradeChange) {
        self.change = change
    }

    static var example: GradeChangeBody { GradeChangeBody(.example(isWhole: true)) }
    static var variations: [GradeChangeBody] { [GradeChangeBody(.example(isWhole: false))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", change.id)
            object.field("gradeItemId", change.item)
            object.field("kind", change.kind.rawValue)
            object.field("source", change.source.rawValue)
            object.field("before", change.before?.json)
            object.field("beforeStatus", change.beforeStatus?.rawValue)
            object.field("after", change.after?.json)
            object.field("afterStatus", change.afterStatus?.rawValue)
            object.field("reason", change.reason)
            object.field("changedBy", change.changedBy)
            object.field("changedAt", change.changedAt)
        }
    }
}
