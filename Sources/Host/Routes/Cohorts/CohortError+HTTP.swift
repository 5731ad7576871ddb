// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension CohortError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .courseNotFound: Problem(.courseNotFound)
        case .notFound: Problem(.cohortNotFound)
        case .memberNotFound: Problem(.memberNotFound)
        case .forbidden: Problem(.forbidden)
        case .versionMismatch: Problem(.preconditionFailed)
        case .nameTaken: Problem(.cohortNameTaken)
        case .unknownInstructor: Problem(.unknownCohortInstructor)
        case .seatLimitBelowTaken: Problem(.seatLimitBelowTaken)
        case .full: Problem(.cohortFull)
        case .inUse: Problem(.cohortInUse)
        case .tooMany(let limit):
            Problem(.tooManyEntries).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What a change of a cohort may answer.
    static let changeProblems: [ProblemCode] = [
        .courseNotFound, .cohortNotFound, .forbidden, .preconditionFailed, .cohortNameTaken, .unknownCohortInstructor,
        .seatLimitBelowTaken,
    ]
}

extension ProblemCode {
    static let cohortNotFound = ProblemCode(
        "COHORT_NOT_FOUND",
        404,
        en: "The course has no such cohort.",
        es: "El curso no tiene esa cohorte.",
        ar: "لا توجد دفعة كهذه في المقرر."
    )
    static let memberNotFound = ProblemCode(
        "COHORT_MEMBER_NOT_FOUND",
        404,
        en: "This user has no place there.",
        es: "Este usuario no tiene plaza allí.",
        ar: "ليس لهذا المستخدم مكان هناك."
    )
    static let cohortNameTaken = ProblemCode(
        "COHORT_NAME_TAKEN",
        409,
        en: "Another cohort of the course has this name.",
        es: "Otra cohorte del curso ya tiene este nombre.",
        ar: "هذا الاسم مستخدم لدفعة أخرى من المقرر."
    )
    static let unknownCohortInstructor = ProblemCode(
        "UNKNOWN_COHORT_INSTRUCTOR",
        400,
        en: "Whoever leads a cohort needs a role in the course; give them one first.",
        es: "Quien dirige una cohorte necesita un rol en el curso; asígneselo primero.",
        ar: "من يقود الدفعة يحتاج إلى دور في المقرر؛ امنحه دوراً أولاً."
    )
    static let cohortFull = ProblemCode(
        "COHORT_FULL",
        409,
        en: "Every seat of the cohort is taken.",
        es: "Todas las plazas de la cohorte están ocupadas.",
        ar: "جميع مقاعد الدفعة مشغولة."
    )
    static let cohortOver = ProblemCode(
        "COHORT_OVER",
        409,
        en: "The cohort has ended.",
        es: "La cohorte ha terminado.",
        ar: "انتهت الدفعة."
    )
    static let cohortInUse = ProblemCode(
        "COHORT_IN_USE",
        409,
        en: "Somebody has a place in the cohort; move them first.",
        es: "Alguien tiene plaza en la cohorte; muévalo primero.",
        ar: "لدى أحدهم مكان في الدفعة؛ انقله أولاً."
    )
}
