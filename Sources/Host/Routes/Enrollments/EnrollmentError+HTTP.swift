// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit

extension ProblemCode {
    static let enrollmentNotFound = ProblemCode(
        "ENROLLMENT_NOT_FOUND",
        .notFound,
        en: "There is no such enrollment.",
        es: "No existe esa inscripción.",
        ar: "لا يوجد تسجيل كهذا."
    )
    static let alreadyEnrolled = ProblemCode(
        "ALREADY_ENROLLED",
        409,
        en: "You already have a place in this course.",
        es: "Ya tiene una plaza en este curso.",
        ar: "لديك مقعد في هذه الدورة بالفعل."
    )
    static let courseFull = ProblemCode(
        "COURSE_FULL",
        409,
        en: "Every seat of this course is taken.",
        es: "Todas las plazas de este curso están ocupadas.",
        ar: "جميع مقاعد هذه الدورة محجوزة."
    )
    static let courseNotPublished = ProblemCode(
        "COURSE_NOT_PUBLISHED",
        409,
        en: "The course is not published.",
        es: "El curso no está publicado.",
        ar: "الدورة غير منشورة."
    )
    static let enrollmentClosed = ProblemCode(
        "ENROLLMENT_CLOSED",
        409,
        en: "The enrollment is not open any more.",
        es: "La inscripción ya no está abierta.",
        ar: "لم يعد التسجيل مفتوحًا."
    )
}

extension EnrollmentError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.enrollmentNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .notPublished: Problem(.courseNotPublished)
        case .forbidden: Problem(.forbidden)
        case .unknownUser: Problem(.forbidden)
        case .alreadyEnrolled: Problem(.alreadyEnrolled)
        case .courseFull: Problem(.courseFull)
        case .notActive, .alreadyCompleted: Problem(.enrollmentClosed)
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}
