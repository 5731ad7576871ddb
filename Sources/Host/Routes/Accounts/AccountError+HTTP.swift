// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension AccountError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .invalidToken: Problem(.invalidMailedToken)
        case .invalidCredentials: Problem(.passwordNeeded)
        case .reauthenticationNeeded: Problem(.reauthenticationRequired)
        case .throttled(let seconds): Problem(.signInThrottled).retrying(after: seconds)
        case .password(let problem): problem.problem
        case .emailTaken: Problem(.emailTaken)
        case .mailNotOffered: Problem(.mailNotOffered)
        case .busy: Problem(.unavailable).retrying(after: 1)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension PasswordProblem {
    /// The refusal of a password that only its owner's account shows to be weak.
    var problem: Problem {
        var problem = Problem(.validationFailed)
        problem.issues = [FieldIssue(field: "password", code: code)]
        return problem
    }
}

extension ProblemCode {
    static let invalidMailedToken = ProblemCode(
        "INVALID_TOKEN_OF_MAIL",
        400,
        en: "The link is no longer good; ask for a new one.",
        es: "El enlace ya no es válido; solicite uno nuevo.",
        ar: "لم يعد الرابط صالحاً؛ اطلب رابطاً جديداً."
    )
    static let mailNotOffered = ProblemCode(
        "MAIL_NOT_OFFERED",
        503,
        en: "This installation sends no mail; ask your administrator.",
        es: "Esta instalación no envía correo; consulte a su administrador.",
        ar: "هذا النظام لا يرسل بريداً؛ راجع المسؤول."
    )
}
