// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension RoleError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .forbidden: Problem(.forbidden)
        case .nameTaken: Problem(.roleNameTaken)
        case .inUse: Problem(.roleInUse)
        case .beyondOwnGrants: Problem(.beyondOwnGrants)
        case .tooMany(let limit):
            Problem(.tooManyRoles).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let roleNameTaken = ProblemCode(
        "ROLE_NAME_TAKEN",
        409,
        en: "There is a role of this name.",
        es: "Ya hay un rol con este nombre.",
        ar: "يوجد دور بهذا الاسم."
    )
    static let roleInUse = ProblemCode(
        "ROLE_IN_USE",
        409,
        en: "Users hold this role; take it from them first.",
        es: "Hay usuarios con este rol; quíteselo antes.",
        ar: "يحمل مستخدمون هذا الدور؛ اسحبه منهم أولاً."
    )
    static let tooManyRoles = ProblemCode(
        "TOO_MANY_ROLES",
        409,
        en: "The organization has as many roles of its own as it may have.",
        es: "La organización ya tiene el máximo de roles propios.",
        ar: "بلغت المؤسسة الحد الأقصى من أدوارها الخاصة."
    )
}
