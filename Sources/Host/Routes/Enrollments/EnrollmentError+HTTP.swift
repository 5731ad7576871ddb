// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension EnrollmentError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.enrollmentNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .forbidden: Problem(.forbidden)
        case .notPublished: Problem(.courseNotPublished)
        case .alreadyEnrolled: Problem(.alreadyEnrolled)
        case .prerequisitesMissing(let missing): Problem(.prerequisitesMissing).naming(missing)
        case .cohortNotFound: Problem(.cohortNotFound)
        case .cohortOver: Problem(.cohortOver)
        case .cohortFull: Problem(.cohortFull)
        case .courseFull: Problem(.courseFull)
        case .alreadyCompleted: Problem(.enrollmentCompleted)
        case .notActive: Problem(.enrollmentClosed)
        case .unknownUser: Problem(.userUnknown)
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let courseNotPublished = ProblemCode(
        "COURSE_NOT_PUBLISHED",
        409,
        en: "The course is not published.",
        es: "El curso no está publicado.",
        ar: "المقرر غير منشور."
    )
    static let alreadyEnrolled = ProblemCode(
        "ALREADY_ENROLLED",
        409,
        en: "There is an enrollment in this course already.",
        es: "Ya existe una inscripción en este curso.",
        ar: "يوجد تسجيل في هذا المقرر بالفعل."
    )
    static let courseFull = ProblemCode(
        "COURSE_FULL",
        409,
        en: "Every seat of the course is taken.",
        es: "Todas las plazas del curso están ocupadas.",
        ar: "جميع مقاعد المقرر مشغولة."
    )
    static let enrollmentCompleted = ProblemCode(
        "ENROLLMENT_COMPLETED",
        409,
        en: "A completed course cannot be dropped.",
        es: "No se puede abandonar un curso completado.",
        ar: "لا يمكن ترك مقرر مكتمل."
    )
    static let enrollmentNotFound = ProblemCode(
        "ENROLLMENT_NOT_FOUND",
        404,
        en: "There is no such enrollment.",
        es: "No existe esa inscripción.",
        ar: "لا يوجد تسجيل كهذا."
    )
    static let enrollmentClosed = ProblemCode(
        "ENROLLMENT_CLOSED",
        409,
        en: "The enrollment is not open any more.",
        es: "La inscripción ya no está abierta.",
        ar: "لم يعد التسجيل مفتوحاً."
    )
    static let userUnknown = ProblemCode(
        "USER_UNKNOWN",
        422,
        en: "There is no such user.",
        es: "No existe ese usuario.",
        ar: "لا يوجد مستخدم كهذا."
    )
}
