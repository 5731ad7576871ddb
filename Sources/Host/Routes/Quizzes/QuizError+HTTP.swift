// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension QuizError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .courseNotFound: Problem(.courseNotFound)
        case .bankNotFound: Problem(.questionBankNotFound)
        case .questionNotFound: Problem(.questionNotFound)
        case .notFound: Problem(.quizNotFound)
        case .attemptNotFound: Problem(.quizAttemptNotFound)
        case .fileNotFound: Problem(.quizAnswerFileNotFound)
        case .uploadUnfinished: Problem(.uploadUnfinished)
        case .lessonNotFound: Problem(.lessonNotFound)
        case .learnerNotFound: Problem(.quizLearnerNotFound)
        case .enrollmentNeeded: Problem(.enrollmentNeeded)
        case .paymentNeeded: Problem(.paymentNeeded)
        case .forbidden: Problem(.forbidden)
        case .invalidQuestion(let issues): Self.invalid(issues, in: "content")
        case .invalidAnswer(let issues): Self.invalid(issues, in: "answer")
        case .kindChanged: Problem(.questionKindChanged)
        case .bankFull: Problem(.questionBankFull)
        case .impossibleSlot(let position): Self.impossible(slot: position)
        case .tooFewWords(let position, let fewest): Self.tooShort(question: position, fewest: fewest)
        case .empty: Problem(.quizEmpty)
        case .hasAttempts: Problem(.quizHasAttempts)
        case .notPublished: Problem(.quizNotPublished)
        case .notOpen(let opens): Self.notOpen(until: opens)
        case .closed: Problem(.quizClosed)
        case .noAttemptsLeft: Problem(.noAttemptsLeft)
        case .attemptOpen: Problem(.quizAttemptOpen)
        case .attemptClosed: Problem(.quizAttemptClosed)
        case .notSubmitted: Problem(.quizAttemptNotSubmitted)
        case .invalidScore: Self.invalidScore
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .tooManyGradeItems(let limit): GradebookError.tooManyItems(limit: limit).problem
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    private static func invalid(_ issues: [QuestionIssue], in field: String) -> Problem {
        var problem = Problem(.validationFailed)
        problem.issues = issues.map { issue in
            FieldIssue(
                field: issue.field.isEmpty ? field : "\(field).\(issue.field)",
                code: FieldIssue.Code(issue.code)
            )
        }
        return problem
    }

    private static var invalidScore: Problem {
        var problem = Problem(.validationFailed)
        problem.issues = [FieldIssue(field: "points", code: .tooLarge)]
        return problem
    }

    private static func tooShort(question: Int, fewest: Int) -> Problem {
        var problem = Problem(.validationFailed).detailed(
            en: "The answer to question \(question) needs at least \(fewest) words.",
            es: "La respuesta a la pregunta \(question) necesita al menos \(fewest) palabras.",
            ar: "تحتاج إجابة السؤال \(question) إلى \(fewest) كلمة على الأقل."
        )
        problem.issues = [FieldIssue(field: "questions[\(question - 1)].answer.text", code: .tooFew)]
        return problem
    }

    private static func impossible(slot: Int) -> Problem {
        guard slot > 0 else { return Problem(.quizSlotImpossible) }
        return Problem(.quizSlotImpossible).detailed(
            en: "Slot \(slot) names a question twice, or draws more questions than there are for it.",
            es: "El lugar \(slot) repite una pregunta o sortea más preguntas de las que hay para él.",
            ar: "الموضع \(slot) يكرر سؤالًا أو يسحب أسئلة أكثر مما يتوفر له."
        )
    }

    private static func notOpen(until opens: Date) -> Problem {
        let time = opens.iso8601Milliseconds
        return Problem(.quizNotOpen).detailed(
            en: "The quiz opens at \(time).",
            es: "El cuestionario se abre en \(time).",
            ar: "يُفتح الاختبار في \(time)."
        )
    }

    /// What beginning an attempt may be answered with.
    static let startingProblems: [ProblemCode] = [
        .quizNotFound, .forbidden, .enrollmentNeeded, .paymentNeeded, .quizNotPublished, .quizNotOpen, .quizClosed,
        .noAttemptsLeft, .quizAttemptOpen, .quizSlotImpossible,
    ]
}

extension FieldIssue.Code {
    fileprivate init(_ code: QuestionIssue.Code) {
        switch code {
        case .required: self = .required
        case .unknownField: self = .unknownField
        case .wrongType: self = .wrongType
        case .malformed: self = .malformed
        case .notAChoice: self = .notAChoice
        case .tooLong: self = .tooLong
        case .tooSmall: self = .tooSmall
        case .tooLarge: self = .tooLarge
        case .tooFew: self = .tooFew
        case .tooMany: self = .tooMany
        case .repeated: self = .repeated
        case .unknownReference: self = .unknownReference
        case .noKey: self = .noKey
        case .severalKeys: self = .severalKeys
        case .notAllowed: self = .notAllowed
        case .incomplete: self = .incomplete
        }
    }

    private static let unknownReference = Self(
        "UNKNOWN_REFERENCE",
        en: "names something that the question does not have",
        es: "nombra algo que la pregunta no tiene",
        ar: "يشير إلى ما لا يحتويه السؤال"
    )
    private static let noKey = Self(
        "NO_KEY",
        en: "says of nothing that it is right",
        es: "no indica ninguna respuesta correcta",
        ar: "لا يحدد إجابة صحيحة"
    )
    private static let severalKeys = Self(
        "SEVERAL_KEYS",
        en: "says of several that they are right where one can be",
        es: "indica varias respuestas correctas donde solo cabe una",
        ar: "يحدد عدة إجابات صحيحة حيث تصح واحدة"
    )
    private static let notAllowed = Self(
        "NOT_ALLOWED",
        en: "is not possible for such a question",
        es: "no es posible para este tipo de pregunta",
        ar: "غير ممكن لهذا النوع من الأسئلة"
    )
    private static let incomplete = Self(
        "INCOMPLETE",
        en: "must name each entry once",
        es: "debe nombrar cada elemento una vez",
        ar: "يجب أن يذكر كل عنصر مرة واحدة"
    )
}
