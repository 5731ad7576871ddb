// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension UserError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .forbidden: Problem(.forbidden)
        case .emailTaken: Problem(.emailTaken)
        case .usernameTaken: Problem(.usernameTaken)
        case .unknownTimeZone: Problem.timeZoneUnknown
        case .roleNotFound: Problem(.roleUnknown)
        case .beyondOwnGrants: Problem(.beyondOwnGrants)
        case .lastOwner: Problem(.lastOwner)
        case .ownAccount: Problem(.ownAccount)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What changing a user's roles may answer.
    static let roleProblems: [ProblemCode] = [.notFound, .roleUnknown, .beyondOwnGrants, .lastOwner]
}

extension PasswordHashingError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .busy: Problem(.unavailable).retrying(after: 1)
        case .unusable: Problem(.validationFailed)
        }
    }
}

extension Problem {
    static var timeZoneUnknown: Problem {
        var problem = Problem(.validationFailed)
        problem.issues = [FieldIssue(field: "timeZone", code: .notAChoice)]
        return problem
    }
}

extension ProblemCode {
    static let usernameTaken = ProblemCode(
        "USERNAME_TAKEN",
        409,
        en: "Somebody signs in with this name already.",
        es: "Alguien ya inicia sesión con este nombre.",
        ar: "اسم الدخول هذا مستخدم بالفعل."
    )
    static let roleUnknown = ProblemCode(
        "ROLE_UNKNOWN",
        422,
        en: "There is no such role.",
        es: "No existe ese rol.",
        ar: "لا يوجد دور بهذا الاسم."
    )
    static let beyondOwnGrants = ProblemCode(
        "BEYOND_OWN_GRANTS",
        403,
        en: "This would give, take or touch more than you may do yourself.",
        es: "Esto daría, quitaría o afectaría más de lo que usted mismo puede hacer.",
        ar: "هذا يمنح أو يسحب أو يمس ما يتجاوز صلاحياتك."
    )
    static let lastOwner = ProblemCode(
        "LAST_OWNER",
        409,
        en: "The organization needs at least one active owner.",
        es: "La organización necesita al menos un propietario activo.",
        ar: "تحتاج المؤسسة إلى مالك نشط واحد على الأقل."
    )
    static let ownAccount = ProblemCode(
        "OWN_ACCOUNT",
        409,
        en: "You cannot do this to your own account.",
        es: "No puede hacer esto con su propia cuenta.",
        ar: "لا يمكنك فعل ذلك بحسابك."
    )
    static let passwordNeeded = ProblemCode(
        "PASSWORD_NEEDED",
        403,
        en: "Confirm this with your password.",
        es: "Confírmelo con su contraseña.",
        ar: "أكّد ذلك بكلمة المرور."
    )
}
