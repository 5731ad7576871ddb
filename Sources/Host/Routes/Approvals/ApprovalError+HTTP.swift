// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension ApprovalError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .courseNotFound: Problem(.courseNotFound)
        case .forbidden: Problem(.forbidden)
        case .ownWork: Problem(.ownCourse)
        case .notSubmittable: Problem(.courseNotSubmittable)
        case .alreadySubmitted: Problem(.courseAlreadySubmitted)
        case .notSubmitted: Problem(.courseNotSubmitted)
        case .outdated: Problem(.submissionOutdated)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let approvalNeeded = ProblemCode(
        "APPROVAL_NEEDED",
        409,
        en: "Courses are approved here before they are published; submit this one.",
        es: "Aquí los cursos se aprueban antes de publicarse; envíe este a revisión.",
        ar: "تُعتمد المقررات هنا قبل نشرها؛ أرسل هذا المقرر للمراجعة."
    )
    static let ownCourse = ProblemCode(
        "OWN_COURSE",
        403,
        en: "Whoever teaches, helps in or submitted a course does not decide on it.",
        es: "Quien imparte un curso, ayuda en él o lo envió no decide sobre él.",
        ar: "من يدرّس المقرر أو يساعد فيه أو أرسله لا يبتّ فيه."
    )
    static let courseNotSubmittable = ProblemCode(
        "COURSE_NOT_SUBMITTABLE",
        409,
        en: "The course is published or archived; take it back into work first.",
        es: "El curso está publicado o archivado; devuélvalo antes a borrador.",
        ar: "المقرر منشور أو مؤرشف؛ أعده إلى المسودة أولاً."
    )
    static let courseAlreadySubmitted = ProblemCode(
        "COURSE_ALREADY_SUBMITTED",
        409,
        en: "This version of the course waits for a decision already.",
        es: "Esta versión del curso ya espera una decisión.",
        ar: "هذا الإصدار من المقرر ينتظر القرار بالفعل."
    )
    static let courseNotSubmitted = ProblemCode(
        "COURSE_NOT_SUBMITTED",
        409,
        en: "The course does not wait for a decision.",
        es: "El curso no espera ninguna decisión.",
        ar: "المقرر لا ينتظر قراراً."
    )
    static let submissionOutdated = ProblemCode(
        "SUBMISSION_OUTDATED",
        409,
        en: "The course was changed since it was submitted; it has to be submitted again.",
        es: "El curso cambió desde que se envió; hay que enviarlo de nuevo.",
        ar: "تغيّر المقرر منذ إرساله؛ يجب إرساله مرة أخرى."
    )
}
