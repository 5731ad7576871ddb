// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension PrerequisiteError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .courseNotFound: Problem(.courseNotFound)
        case .forbidden: Problem(.forbidden)
        case .versionMismatch: Problem(.preconditionFailed)
        case .unknownPrerequisite: Problem(.unknownPrerequisite)
        case .cycle: Problem(.prerequisiteCycle)
        case .tooMany(let limit):
            Problem(.tooManyEntries).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}

extension Problem {
    /// Says what is to be completed first, by title and identifier.
    func naming(_ missing: [MissingPrerequisite]) -> Problem {
        let names = missing.map { "“\($0.title)” (\($0.course))" }.joined(separator: ", ")
        return detailed(en: "Missing: \(names).", es: "Faltan: \(names).", ar: "المتبقي: \(names).")
    }
}

extension ProblemCode {
    static let prerequisitesMissing = ProblemCode(
        "PREREQUISITES_MISSING",
        409,
        en: "Other courses have to be completed first.",
        es: "Antes hay que completar otros cursos.",
        ar: "يجب إكمال مقررات أخرى أولاً."
    )
    static let unknownPrerequisite = ProblemCode(
        "UNKNOWN_PREREQUISITE",
        400,
        en: "A course is named as a prerequisite that does not exist.",
        es: "Se indica como requisito un curso que no existe.",
        ar: "ذُكر مقرر غير موجود كمتطلب سابق."
    )
    static let prerequisiteCycle = ProblemCode(
        "PREREQUISITE_CYCLE",
        409,
        en: "The course would have to be completed before itself; leave out what asks for it.",
        es: "El curso tendría que completarse antes que él mismo; quite lo que lo exige.",
        ar: "سيتطلب المقرر إكمال نفسه أولاً؛ احذف ما يتطلبه."
    )
}
