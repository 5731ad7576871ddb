// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension AssignmentError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .courseNotFound: Problem(.courseNotFound)
        case .notFound: Problem(.assignmentNotFound)
        case .rubricNotFound: Problem(.rubricNotFound)
        case .submissionNotFound: Problem(.submissionNotFound)
        case .commentNotFound: Problem(.submissionCommentNotFound)
        case .fileNotFound: Problem(.submissionFileNotFound)
        case .uploadNotFound: Problem(.uploadNotFound)
        case .uploadUnfinished: Problem(.uploadUnfinished)
        case .groupSetNotFound: Problem(.groupSetNotFound)
        case .groupNotFound: Problem(.groupNotFound)
        case .groupNeeded: Problem(.groupNeeded)
        case .groupSetInUse: Problem(.groupSetInUse)
        case .groupInUse: Problem(.groupInUse)
        case .groupNameTaken: Problem(.groupNameTaken)
        case .inAnotherGroup: Problem(.inAnotherGroup)
        case .lessonNotFound: Problem(.lessonNotFound)
        case .learnerNotFound: Problem(.assignmentLearnerNotFound)
        case .enrollmentNeeded: Problem(.enrollmentNeeded)
        case .paymentNeeded: Problem(.paymentNeeded)
        case .forbidden: Problem(.forbidden)
        case .notPublished: Problem(.assignmentNotPublished)
        case .notOpen(let opens): Self.notOpen(until: opens)
        case .closed: Problem(.assignmentClosed)
        case .noSubmissionsLeft: Problem(.noSubmissionsLeft)
        case .previousUngraded: Problem(.previousSubmissionUngraded)
        case .isReviewing: Problem(.assignmentInReview)
        case .empty: Problem(.submissionEmpty)
        case .handedIn: Problem(.submissionHandedIn)
        case .textNotTaken: Problem(.assignmentTakesNoText)
        case .filesNotTaken: Problem(.assignmentTakesNoFiles)
        case .fileTypeNotTaken: Problem(.assignmentFileType)
        case .fileTooLarge(let limit): Self.tooLarge(limit)
        case .tooManyFiles: Problem(.assignmentFileLimit)
        case .hasSubmissions: Problem(.assignmentHasSubmissions)
        case .hasGrades: Problem(.assignmentHasGrades)
        case .superseded: Problem(.submissionSuperseded)
        case .alreadyReleased: Problem(.gradeReleased)
        case .blindCompletion: Self.blindCompletion
        case .invalidPoints: Self.invalid("points", .tooLarge)
        case .invalidLevels: Self.invalid("levels", .malformed)
        case .invalidRange: Self.invalid("end", .tooLarge)
        case .tooMany: Problem(.assignmentLimitReached)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    private static func invalid(_ field: String, _ code: FieldIssue.Code) -> Problem {
        var problem = Problem(.validationFailed)
        problem.issues = [FieldIssue(field: field, code: code)]
        return problem
    }

    private static var blindCompletion: Problem {
        invalid("completesLessonOn", .notAChoice).detailed(
            en:
                "A blind assignment completes its lesson by the grade or not at all: progress would tell who handed in when.",
            es:
                "Una tarea anónima completa su lección con la calificación o nunca: el progreso diría quién entregó y cuándo.",
            ar: "الواجب المجهول يُكمل درسه بالدرجة أو لا يُكمله أبدًا: لأن التقدم يكشف من سلّم ومتى."
        )
    }

    private static func notOpen(until opens: Date) -> Problem {
        let time = opens.iso8601Milliseconds
        return Problem(.assignmentNotOpen).detailed(
            en: "The assignment opens at \(time).",
            es: "La tarea se abre en \(time).",
            ar: "يُفتح الواجب في \(time)."
        )
    }

    private static func tooLarge(_ limit: Int) -> Problem {
        Problem(.assignmentFileTooLarge).detailed(
            en: "A file may have \(limit) bytes.",
            es: "Un archivo puede tener \(limit) bytes.",
            ar: "يمكن أن يكون الملف \(limit) بايت."
        )
    }

    /// What handing in may be answered with for the files of a draft.
    static let fileProblems: [ProblemCode] = [
        .assignmentTakesNoFiles, .assignmentFileType, .assignmentFileTooLarge, .assignmentFileLimit,
    ]

    /// What saving and handing in may be answered with.
    static let takingProblems: [ProblemCode] = [
        .forbidden, .enrollmentNeeded, .paymentNeeded, .assignmentNotPublished, .assignmentNotOpen, .assignmentClosed,
        .noSubmissionsLeft, .assignmentInReview, .groupNeeded,
    ]
}
