// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A course whose assignments are meant.
struct AssignmentCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// `/rubrics/{rubricId}`.
struct RubricPath: PathParameters {
    let rubricId: Rubric.ID

    init(fields: inout FieldReader) {
        rubricId = fields.required("rubricId", .id())
    }
}

/// `/assignments/{assignmentId}`.
struct AssignmentPath: PathParameters {
    let assignmentId: Assignment.ID

    init(fields: inout FieldReader) {
        assignmentId = fields.required("assignmentId", .id())
    }
}

/// `/assignments/{assignmentId}/extensions/{userId}`.
struct AssignmentExtensionPath: PathParameters {
    let assignmentId: Assignment.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        assignmentId = fields.required("assignmentId", .id())
        userId = fields.required("userId", .id())
    }
}

/// `/submissions/{submissionId}`.
struct SubmissionPath: PathParameters {
    let submissionId: Submission.ID

    init(fields: inout FieldReader) {
        submissionId = fields.required("submissionId", .id())
    }
}

/// `/submissions/{submissionId}/comments/{commentId}`.
struct SubmissionCommentPath: PathParameters {
    let submissionId: Submission.ID
    let commentId: SubmissionComment.ID

    init(fields: inout FieldReader) {
        submissionId = fields.required("submissionId", .id())
        commentId = fields.required("commentId", .id())
    }
}

/// `/submissions/{submissionId}/files/{fileId}`.
struct SubmissionFilePath: PathParameters {
    let submissionId: Submission.ID
    let fileId: SubmissionFile.ID

    init(fields: inout FieldReader) {
        submissionId = fields.required("submissionId", .id())
        fileId = fields.required("fileId", .id())
    }
}

/// Which page of a list.
struct AssignmentPageQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Which assignments of a course.
struct AssignmentListQuery: QueryParameters {
    let lesson: Lesson.ID?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        lesson = fields.optional("lessonId", .id(Lesson.self))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Which submissions of an assignment.
struct SubmissionListQuery: QueryParameters {
    let status: Submission.Status?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        status = fields.optional("status", .choice(Submission.Status.submitted))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/courses/{courseId}/assignments`.
struct NewAssignmentRequest: RequestBody {
    let settings: AssignmentSettings

    init(fields: inout FieldReader) {
        var settings = AssignmentSettings(title: fields.required("title", .assignmentTitle))
        AssignmentChanges(fields: &fields).apply(to: &settings)
        self.settings = settings
    }
}

/// `PATCH /api/v1/assignments/{assignmentId}`: what is absent stays, and `null` takes a limit away.
struct AssignmentUpdate: RequestBody {
    private let title: String?
    private let changes: AssignmentChanges

    init(fields: inout FieldReader) {
        title = fields.optional("title", .assignmentTitle)
        changes = AssignmentChanges(fields: &fields)
    }

    func apply(to settings: inout AssignmentSettings) {
        if let title { settings.title = title }
        changes.apply(to: &settings)
    }
}

/// What becomes of which setting.
private struct AssignmentChanges: Sendable {
    let instructions: Change<String>
    let lesson: Change<Lesson.ID?>
    let points: Change<Points>
    let rubric: Change<Rubric.ID?>
    let opensAt: Change<Date?>
    let dueAt: Change<Date?>
    let closesAt: Change<Date?>
    let graceSeconds: Change<Int>
    let acceptsLate: Change<Bool>
    let latePenalty: Change<Int>
    let lateFloor: Change<Int>
    let submissionLimit: Change<Int?>
    let isBlind: Change<Bool>
    let release: Change<Assignment.Release>
    let completion: Change<Assignment.Completion>
    let takes: Change<Assignment.Taking>
    let fileLimit: Change<Int>
    let fileLimitInBytes: Change<Int?>
    let fileTypes: Change<[SubmissionFileType]>
    let groupSet: Change<GroupSet.ID?>

    init(fields: inout FieldReader) {
        instructions = fields.change("instructions", .multilineText(0...10_000))
        lesson = fields.clearableChange("lessonId", .id(Lesson.self))
        points = fields.change("points", .assignmentWorth)
        rubric = fields.clearableChange("rubricId", .id(Rubric.self))
        opensAt = fields.clearableChange("opensAt", .date)
        dueAt = fields.clearableChange("dueAt", .date)
        closesAt = fields.clearableChange("closesAt", .date)
        graceSeconds = fields.change("graceSeconds", .integer(0...86_400))
        acceptsLate = fields.change("acceptsLate", .flag)
        latePenalty = fields.change("latePenaltyPercent", .integer(0...100))
        lateFloor = fields.change("lateFloorPercent", .integer(0...100))
        submissionLimit = fields.clearableChange("submissionLimit", .integer(1...100))
        isBlind = fields.change("isBlind", .flag)
        release = fields.change("release", .choice(Assignment.Release.atOnce))
        completion = fields.change("completesLessonOn", .choice(Assignment.Completion.never))
        takes = fields.change("takes", .choice(Assignment.Taking.text))
        fileLimit = fields.change("fileLimit", .integer(1...SubmissionFile.limit))
        fileLimitInBytes = fields.clearableChange("fileLimitInBytes", .integer(1...Uploads.fileLimit))
        groupSet = fields.clearableChange("groupSetId", .id(GroupSet.self))
        let types = SubmissionFileType.allCases
        fileTypes =
            if let placeholder = types.first {
                fields.change("fileTypes", .list(.choice(placeholder), 0...types.count))
            } else {
                .keep
            }
    }

    func apply(to settings: inout AssignmentSettings) {
        settings.instructions = instructions.applied(to: settings.instructions)
        settings.lesson = lesson.applied(to: settings.lesson)
        settings.points = points.applied(to: settings.points)
        settings.rubric = rubric.applied(to: settings.rubric)
        settings.opensAt = opensAt.applied(to: settings.opensAt)
        settings.dueAt = dueAt.applied(to: settings.dueAt)
        settings.closesAt = closesAt.applied(to: settings.closesAt)
        settings.graceSeconds = graceSeconds.applied(to: settings.graceSeconds)
        settings.acceptsLate = acceptsLate.applied(to: settings.acceptsLate)
        settings.latePenalty = latePenalty.applied(to: settings.latePenalty)
        settings.lateFloor = lateFloor.applied(to: settings.lateFloor)
        settings.submissionLimit = submissionLimit.applied(to: settings.submissionLimit)
        settings.isBlind = isBlind.applied(to: settings.isBlind)
        settings.release = release.applied(to: settings.release)
        settings.completion = completion.applied(to: settings.completion)
        settings.takes = takes.applied(to: settings.takes)
        settings.fileLimit = fileLimit.applied(to: settings.fileLimit)
        settings.fileLimitInBytes = fileLimitInBytes.applied(to: settings.fileLimitInBytes)
        settings.fileTypes = fileTypes.applied(to: settings.fileTypes)
        settings.groupSet = groupSet.applied(to: settings.groupSet)
    }
}

/// A rubric: `POST /api/v1/courses/{courseId}/rubrics`, `PUT /api/v1/rubrics/{rubricId}`.
struct RubricRequest: RequestBody {
    let title: String
    let criteria: [RubricCriterion]

    init(fields: inout FieldReader) {
        title = fields.required("title", .text(1...200, example: "Essays"))
        let list = fields.required(
            "criteria",
            .list(.object(RubricCriterionRequest.self), 1...RubricCriterion.limit)
        )
        criteria = list.map(\.criterion)
    }
}

/// A criterion with its levels.
struct RubricCriterionRequest: FieldStructure {
    let criterion: RubricCriterion

    init(fields: inout FieldReader) {
        let title = fields.required("title", .text(1...200, example: "Argument"))
        let description = fields.optional("description", .multilineText(0...1_000), default: "")
        let levels = fields.required("levels", .list(.object(RubricLevelRequest.self), 1...RubricCriterion.levelLimit))
        criterion = RubricCriterion(title, description: description, levels: levels.map(\.level))
    }
}

/// A level with its points.
struct RubricLevelRequest: FieldStructure {
    let level: RubricLevel

    init(fields: inout FieldReader) {
        let title = fields.required("title", .text(1...200, example: "Convincing"))
        let description = fields.optional("description", .multilineText(0...1_000), default: "")
        // A rubric whose best levels give nothing is worth nothing.
        level = RubricLevel(title, description: description, points: fields.required("points", .rubricPoints))
    }
}

/// `PUT /api/v1/assignments/{assignmentId}/extensions/{userId}`.
struct AssignmentExtensionRequest: RequestBody {
    let granted: NewAssignmentExtension

    init(fields: inout FieldReader) {
        var granted = NewAssignmentExtension(because: fields.required("reason", .text(1...500, example: "Illness")))
        granted.dueAt = fields.optional("dueAt", .date)
        granted.closesAt = fields.optional("closesAt", .date)
        granted.extraSubmissions = fields.optional("extraSubmissions", .integer(0...100), default: 0)
        self.granted = granted
    }
}

/// `PUT /api/v1/assignments/{assignmentId}/draft`.
struct SubmissionDraftRequest: RequestBody {
    let text: String
    let sequence: Int

    init(fields: inout FieldReader) {
        text = fields.required("text", .multilineText(0...Submission.textLimit, example: "Because."))
        sequence = fields.required("sequence", .integer(1...SentAnswer.sequenceLimit))
    }
}

/// `POST /api/v1/assignments/{assignmentId}/draft/files`.
struct SubmissionFileRequest: RequestBody {
    let upload: FileUpload.ID

    init(fields: inout FieldReader) {
        upload = fields.required("uploadId", .id(FileUpload.self))
    }
}

/// `PUT /api/v1/submissions/{submissionId}/grade`: `points` or `levels`.
struct SubmissionGradeRequest: RequestBody {
    let assessment: SubmissionAssessment

    init(fields: inout FieldReader) {
        let points = fields.optional("points", .givenPoints)
        let levels = fields.optional(
            "levels",
            .list(.object(RubricJudgmentRequest.self), 1...RubricCriterion.limit)
        )
        let feedback = fields.optional("feedback", .multilineText(1...10_000, example: "Well argued."))
        if let levels {
            if points != nil { fields.refuse("points", .unknownField) }
            assessment = SubmissionAssessment(.levels(levels.map(\.judgment)), feedback: feedback)
        } else {
            if points == nil { fields.refuse("points", .required) }
            assessment = SubmissionAssessment(.points(points ?? .zero), feedback: feedback)
        }
    }
}

/// The level of a criterion that was reached.
struct RubricJudgmentRequest: FieldStructure {
    let judgment: RubricJudgment

    init(fields: inout FieldReader) {
        let level = fields.required("level", .integer(1...RubricCriterion.levelLimit))
        judgment = RubricJudgment(level: level, comment: fields.optional("comment", .multilineText(1...1_000)))
    }
}

/// `POST /api/v1/submissions/{submissionId}/return`.
struct SubmissionReturnRequest: RequestBody {
    let feedback: String

    init(fields: inout FieldReader) {
        feedback = fields.required("feedback", .multilineText(1...10_000, example: "Please name your sources."))
    }
}

/// `POST /api/v1/submissions/{submissionId}/comments`.
struct SubmissionCommentRequest: RequestBody {
    let range: Range<Int>
    let body: String

    init(fields: inout FieldReader) {
        let start = fields.required("start", .integer(0...Submission.textLimit))
        let end = fields.required("end", .integer(1...Submission.textLimit))
        if end <= start { fields.refuse("end", .tooSmall) }
        range = start..<max(start, end)
        body = fields.required("body", .multilineText(1...2_000, example: "Why?"))
    }
}

extension FieldRule where Self == PointsRule {
    fileprivate static var assignmentWorth: PointsRule { PointsRule(range: 0.000001...100_000) }
    fileprivate static var rubricPoints: PointsRule { PointsRule(range: 0...1_000) }
    fileprivate static var givenPoints: PointsRule { PointsRule(range: 0...100_000) }
}

extension FieldRule where Self == TextRule {
    fileprivate static var assignmentTitle: TextRule { .text(3...255, example: "The third sheet") }
}
