// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension ProblemCode {
    static let importUnreadable = ProblemCode(
        "IMPORT_UNREADABLE",
        422,
        en: "The archive was refused.",
        es: "El archivo fue rechazado.",
        ar: "تم رفض الأرشيف."
    )
    static let importRefused = ProblemCode(
        "IMPORT_REFUSED",
        422,
        en: "The course in the archive was refused.",
        es: "El curso del archivo fue rechazado.",
        ar: "تم رفض المقرر الموجود في الأرشيف."
    )
    static let importNotBuilt = ProblemCode(
        "IMPORT_NOT_BUILT",
        501,
        en: "This server cannot read archives.",
        es: "Este servidor no puede leer archivos comprimidos.",
        ar: "لا يستطيع هذا الخادم قراءة الأرشيفات."
    )
    static let importNotFound = ProblemCode(
        "IMPORT_NOT_FOUND",
        404,
        en: "There is no such import.",
        es: "No existe esa importación.",
        ar: "لا توجد عملية استيراد كهذه."
    )
}

extension CourseImportError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .archive(.notBuilt): saying(.importNotBuilt)
        case .archive: saying(.importUnreadable)
        case .noCourse, .malformed, .missing, .tooLarge: saying(.importRefused)
        case .refused(.forbidden): Problem(.forbidden)
        case .refused, .quizzes: saying(.importRefused)
        case .files: Problem(.unavailable)
        case .malware: saying(.malwareFound)
        case .unscannable: saying(.malwareUnscannable)
        case .scanner: .scannerUnavailable
        case .noRoom: Problem(.storageFull)
        case .notFound: Problem(.importNotFound)
        case .database(let error): error.problem
        }
    }

    /// The particulars, which quote the archive and are the same in every language.
    private func saying(_ code: ProblemCode) -> Problem {
        Problem(code).detailed(en: description, es: description, ar: description)
    }
}
