// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension CourseError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.courseNotFound)
        case .moduleNotFound: Problem(.moduleNotFound)
        case .lessonNotFound: Problem(.lessonNotFound)
        case .forbidden: Problem(.forbidden)
        case .slugTaken: Problem(.slugTaken)
        case .slugMissing: Problem(.slugMissing)
        case .versionMismatch: Problem(.preconditionFailed)
        case .seatLimitBelowTaken: Problem(.seatLimitBelowTaken)
        case .unknownInstructor: Problem(.unknownInstructor)
        case .instructorCount: Problem(.instructorCount)
        case .staffNotFound: Problem(.staffNotFound)
        case .pricedAndOpen: Problem(.pricedAndOpen)
        case .tooManyModules(let limit), .tooManyLessons(let limit), .tooManyBlocks(let limit),
            .tooManyCourses(let limit), .tooManyStaff(let limit), .tooManyVersions(let limit),
            .tooMuchToCopy(let limit):
            Problem(.tooManyEntries).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .foreignModule, .foreignLesson: Problem(.foreignEntry)
        case .fileNotFound: Problem(.fileNotFound)
        case .enrollmentNeeded: Problem(.enrollmentNeeded)
        case .paymentNeeded: Problem(.paymentNeeded)
        case .approvalNeeded: Problem(.approvalNeeded)
        case .versionInProgress: Problem(.versionInProgress)
        case .versionInUse: Problem(.versionInUse)
        case .versionNotFound: Problem(.versionNotFound)
        case .versionNotCurrent: Problem(.versionNotCurrent)
        case .seatsMissing: Problem(.courseFull)
        case .superseded: Problem(.courseSuperseded)
        case .templateState: Problem(.templateState)
        case .notYetAvailable(let instant): .notYetAvailable(until: instant)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What a change of a course may answer.
    static var updateProblems: [ProblemCode] {
        [
            .courseNotFound, .forbidden, .preconditionFailed, .slugTaken, .seatLimitBelowTaken, .unknownInstructor,
            .instructorCount, .pricedAndOpen, .approvalNeeded, .courseSuperseded, .versionInProgress, .templateState,
        ]
    }

    /// What a change of a course's modules or lessons may answer.
    static var curriculumProblems: [ProblemCode] {
        [
            .courseNotFound, .moduleNotFound, .lessonNotFound, .forbidden, .preconditionFailed, .tooManyEntries,
            .foreignEntry, .fileNotFound,
        ]
    }
}

extension Problem {
    /// Says when what is asked for comes, if that is known.
    static func notYetAvailable(until instant: Date?) -> Problem {
        guard let instant = instant?.iso8601Milliseconds else { return Problem(.notYetAvailable) }
        return Problem(.notYetAvailable).detailed(
            en: "Available from \(instant).",
            es: "Disponible desde \(instant).",
            ar: "متاح ابتداءً من \(instant)."
        )
    }
}

extension ProblemCode {
    static let notYetAvailable = ProblemCode(
        "NOT_YET_AVAILABLE",
        403,
        en: "This part of the course is not available yet.",
        es: "Esta parte del curso aún no está disponible.",
        ar: "هذا الجزء من المقرر غير متاح بعد."
    )
    static let staffNotFound = ProblemCode(
        "STAFF_NOT_FOUND",
        404,
        en: "This user has no role in the course.",
        es: "Este usuario no tiene ningún rol en el curso.",
        ar: "ليس لهذا المستخدم دور في الدورة."
    )
    static let moduleNotFound = ProblemCode(
        "MODULE_NOT_FOUND",
        404,
        en: "There is no such module.",
        es: "No existe ese módulo.",
        ar: "لا توجد وحدة كهذه."
    )
    static let slugTaken = ProblemCode(
        "SLUG_TAKEN",
        409,
        en: "Another course has this slug.",
        es: "Otro curso ya tiene este slug.",
        ar: "هذا الاسم المختصر مستخدم في دورة أخرى."
    )
    static let slugMissing = ProblemCode(
        "SLUG_MISSING",
        400,
        en: "The title has neither letters nor digits; give a slug.",
        es: "El título no tiene letras ni cifras; indique un slug.",
        ar: "لا يحتوي العنوان على حروف أو أرقام؛ أدخل اسماً مختصراً."
    )
    static let seatLimitBelowTaken = ProblemCode(
        "SEAT_LIMIT_BELOW_TAKEN",
        409,
        en: "More seats are taken than the new limit allows.",
        es: "Hay más plazas ocupadas de las que permite el nuevo límite.",
        ar: "عدد المقاعد المحجوزة أكبر من الحد الجديد."
    )
    static let unknownInstructor = ProblemCode(
        "UNKNOWN_INSTRUCTOR",
        400,
        en: "Somebody named as an instructor is not a user.",
        es: "Alguien indicado como instructor no es un usuario.",
        ar: "أحد المدرّسين المذكورين ليس مستخدماً."
    )
    static let instructorCount = ProblemCode(
        "INSTRUCTOR_COUNT",
        400,
        en: "A course has 1 to 20 instructors.",
        es: "Un curso tiene de 1 a 20 instructores.",
        ar: "للدورة من مدرّس واحد إلى 20 مدرّساً."
    )
    static let pricedAndOpen = ProblemCode(
        "PRICED_AND_OPEN",
        400,
        en: "A course that costs something cannot be open to everybody.",
        es: "Un curso de pago no puede estar abierto a todos.",
        ar: "لا يمكن أن تكون الدورة المدفوعة مفتوحة للجميع."
    )
    static let tooManyEntries = ProblemCode(
        "TOO_MANY_ENTRIES",
        400,
        en: "There are more entries than are allowed here.",
        es: "Hay más entradas de las permitidas aquí.",
        ar: "عدد العناصر أكبر من المسموح به هنا."
    )
    static let foreignEntry = ProblemCode(
        "FOREIGN_ENTRY",
        400,
        en: "A module or lesson is named that is not of this course, or is named twice.",
        es: "Se nombra un módulo o una lección que no es de este curso, o se nombra dos veces.",
        ar: "ذُكرت وحدة أو درس لا ينتمي إلى هذه الدورة أو ذُكر مرتين."
    )
    static let enrollmentNeeded = ProblemCode(
        "ENROLLMENT_NEEDED",
        403,
        en: "Enroll in the course to read this lesson.",
        es: "Inscríbase en el curso para leer esta lección.",
        ar: "سجّل في الدورة لقراءة هذا الدرس."
    )
}
