// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// What several features of a course refuse in the same words.
extension ProblemCode {
    static let courseNotFound = ProblemCode(
        "COURSE_NOT_FOUND",
        .notFound,
        en: "There is no such course.",
        es: "No existe ese curso.",
        ar: "لا توجد دورة كهذه."
    )
    static let lessonNotFound = ProblemCode(
        "LESSON_NOT_FOUND",
        .notFound,
        en: "There is no such lesson.",
        es: "No existe esa lección.",
        ar: "لا يوجد درس كهذا."
    )
    static let quizNotPassed = ProblemCode(
        "QUIZ_NOT_PASSED",
        409,
        en: "The lesson is completed by its quiz: take it, and pass it where it has a pass mark.",
        es: "La lección se completa con su cuestionario: hágalo y apruébelo si tiene una nota de corte.",
        ar: "يكتمل الدرس باختباره: أجرِ الاختبار واجتزه إن كانت له درجة نجاح."
    )
    static let assignmentNotDone = ProblemCode(
        "ASSIGNMENT_NOT_DONE",
        409,
        en: "The lesson is completed by its assignment: hand it in, and wait for the grade where that completes it.",
        es: "La lección se completa con su tarea: entréguela y espere la nota si es esta la que la completa.",
        ar: "يكتمل الدرس بواجبه: سلّم الواجب، وانتظر الدرجة إن كانت هي ما يكمله."
    )
    static let mediaNotWatched = ProblemCode(
        "MEDIA_NOT_WATCHED",
        409,
        en: "The lesson is completed by watching its videos and recordings: watch as much of each as it asks for.",
        es: "La lección se completa viendo sus vídeos y grabaciones: vea de cada uno la parte que se pide.",
        ar: "يكتمل الدرس بمشاهدة مقاطعه وتسجيلاته: شاهد من كل منها القدر المطلوب."
    )
    static let paymentNeeded = ProblemCode(
        "PAYMENT_NEEDED",
        402,
        en: "The course has to be paid first.",
        es: "Primero hay que pagar el curso.",
        ar: "يجب دفع ثمن الدورة أولًا."
    )
}
