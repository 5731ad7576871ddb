// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension PeerReviewError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .assignment(let error): error.problem
        case .notFound: Problem(.peerReviewNotFound)
        case .reviewerNotFound: Problem(.peerReviewerNotFound)
        case .exampleNotFound: Problem(.submissionNotFound)
        case .allocated: Problem(.peerReviewAllocated)
        case .notAllocated: Problem(.peerReviewNotAllocated)
        case .tooEarly: Problem(.peerReviewTooEarly)
        case .tooFew: Problem(.peerReviewTooFew)
        case .tooMany: Problem(.assignmentLimitReached)
        case .dueTooEarly: Self.dueTooEarly
        case .closed: Problem(.peerReviewClosed)
        case .stillOpen: Problem(.peerReviewOpen)
        case .calibrationNeeded: Problem(.peerReviewCalibrationNeeded)
        case .completed: Problem(.peerReviewCompleted)
        case .notCompleted: Problem(.peerReviewNotCompleted)
        case .cancelled: Problem(.peerReviewCancelled)
        case .empty: Problem(.peerReviewEmpty)
        case .ownWork: Problem(.peerReviewOwnWork)
        case .isExample: Problem(.peerReviewExample)
        case .advisory: Problem(.peerReviewAdvisory)
        case .noResult: Problem(.peerReviewNoResult)
        case .database(let error): error.problem
        }
    }

    private static var dueTooEarly: Problem {
        var problem = Problem(.validationFailed)
        problem.issues = [FieldIssue(field: "reviewsDueAt", code: .tooSmall)]
        return problem
    }
}

extension ProblemCode {
    static let peerReviewNotFound = ProblemCode(
        "PEER_REVIEW_NOT_FOUND",
        404,
        en: "There is no such review, or learners do not review each other's work there.",
        es: "No existe esa revisión, o allí los alumnos no revisan el trabajo de los demás.",
        ar: "لا توجد مراجعة كهذه، أو أن المتعلمين لا يراجعون أعمال بعضهم هناك."
    )
    static let peerReviewerNotFound = ProblemCode(
        "PEER_REVIEWER_NOT_FOUND",
        404,
        en: "Nobody of that identifier has a place in the course.",
        es: "Nadie con ese identificador tiene una plaza en el curso.",
        ar: "لا أحد بهذا المعرّف له مقعد في الدورة."
    )
    static let peerReviewAllocated = ProblemCode(
        "PEER_REVIEW_ALLOCATED",
        409,
        en: "It was drawn who reviews whose work, so this stays.",
        es: "Ya se sorteó quién revisa cada trabajo, así que esto no cambia.",
        ar: "تم تحديد من يراجع عمل من، فلا يتغير هذا."
    )
    static let peerReviewNotAllocated = ProblemCode(
        "PEER_REVIEW_NOT_ALLOCATED",
        409,
        en: "It was not drawn yet who reviews whose work.",
        es: "Aún no se ha sorteado quién revisa cada trabajo.",
        ar: "لم يُحدَّد بعد من يراجع عمل من."
    )
    static let peerReviewTooEarly = ProblemCode(
        "PEER_REVIEW_TOO_EARLY",
        409,
        en: "The assignment is due later; draw who reviews whose work then.",
        es: "La tarea vence más tarde; haga entonces el sorteo.",
        ar: "موعد الواجب لاحق؛ حدّد من يراجع عمل من حينها."
    )
    static let peerReviewTooFew = ProblemCode(
        "PEER_REVIEW_TOO_FEW",
        409,
        en: "Nothing was handed in that somebody else who handed in could review.",
        es: "No hay entregas que otra persona que haya entregado pueda revisar.",
        ar: "لم يُسلَّم عمل يمكن أن يراجعه شخص آخر سلّم أيضًا."
    )
    static let peerReviewClosed = ProblemCode(
        "PEER_REVIEW_CLOSED",
        409,
        en: "Reviews are not taken any more.",
        es: "Ya no se admiten revisiones.",
        ar: "لم تعد المراجعات مقبولة."
    )
    static let peerReviewOpen = ProblemCode(
        "PEER_REVIEW_OPEN",
        409,
        en: "Reviews are still taken; wait until they are due, or release them.",
        es: "Aún se admiten revisiones; espere al vencimiento o publíquelas.",
        ar: "ما زالت المراجعات مقبولة؛ انتظر موعدها أو انشرها."
    )
    static let peerReviewCalibrationNeeded = ProblemCode(
        "PEER_REVIEW_CALIBRATION_NEEDED",
        409,
        en: "Complete your reviews of the examples first.",
        es: "Complete primero sus revisiones de los ejemplos.",
        ar: "أكمل أولًا مراجعاتك للأمثلة."
    )
    static let peerReviewCompleted = ProblemCode(
        "PEER_REVIEW_COMPLETED",
        409,
        en: "The review was completed, so it stays as it is.",
        es: "La revisión se completó, así que no cambia.",
        ar: "اكتملت المراجعة فتبقى كما هي."
    )
    static let peerReviewNotCompleted = ProblemCode(
        "PEER_REVIEW_NOT_COMPLETED",
        409,
        en: "The review is not completed, so nobody reads it; cancel it instead.",
        es: "La revisión no está completada y nadie la lee; cancélela.",
        ar: "لم تكتمل المراجعة فلا يقرأها أحد؛ ألغها بدلًا من ذلك."
    )
    static let peerReviewCancelled = ProblemCode(
        "PEER_REVIEW_CANCELLED",
        409,
        en: "The review was cancelled.",
        es: "La revisión se canceló.",
        ar: "أُلغيت المراجعة."
    )
    static let peerReviewEmpty = ProblemCode(
        "PEER_REVIEW_EMPTY",
        409,
        en: "There is nothing to complete; save points or levels first.",
        es: "No hay nada que completar; guarde primero puntos o niveles.",
        ar: "لا يوجد ما يُكمَل؛ احفظ النقاط أو المستويات أولًا."
    )
    static let peerReviewOwnWork = ProblemCode(
        "PEER_REVIEW_OWN_WORK",
        409,
        en: "Nobody reviews their own work, or their group's.",
        es: "Nadie revisa su propio trabajo ni el de su grupo.",
        ar: "لا أحد يراجع عمله أو عمل مجموعته."
    )
    static let peerReviewExample = ProblemCode(
        "PEER_REVIEW_EXAMPLE",
        409,
        en: "The submission is an example, which every reviewer reviews anyway.",
        es: "La entrega es un ejemplo, que todos revisan de todos modos.",
        ar: "هذا التسليم مثال يراجعه كل مراجع على أي حال."
    )
    static let peerReviewAdvisory = ProblemCode(
        "PEER_REVIEW_ADVISORY",
        409,
        en: "What the peers give is only shown here; grade the submission yourself.",
        es: "Lo que dan los compañeros aquí solo se muestra; califique usted la entrega.",
        ar: "ما يمنحه الزملاء يُعرض هنا فقط؛ قيّم التسليم بنفسك."
    )
    static let peerReviewNoResult = ProblemCode(
        "PEER_REVIEW_NO_RESULT",
        409,
        en: "No review of the submission counts.",
        es: "Ninguna revisión de la entrega cuenta.",
        ar: "لا توجد مراجعة محتسبة لهذا التسليم."
    )
}
