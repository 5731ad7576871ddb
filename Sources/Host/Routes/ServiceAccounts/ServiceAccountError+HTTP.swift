// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension ServiceAccountError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.serviceAccountNotFound)
        case .forbidden: Problem(.forbidden)
        case .beyondOwnGrants: Problem(.beyondOwnGrants)
        case .nameTaken: Problem(.serviceAccountNameTaken)
        case .roleNotFound: Problem(.roleUnknown)
        case .ownerNotFound: Problem(.ownerUnknown)
        case .tooMany(let limit):
            Problem(.tooManyServiceAccounts).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What making and changing an account may answer.
    static let writeProblems: [ProblemCode] = [
        .beyondOwnGrants, .serviceAccountNameTaken, .roleUnknown, .ownerUnknown,
    ]
}

extension ServiceSignInError: ProblemConvertible {
    /// In the words of RFC 6749 §5.2.
    var problem: Problem {
        switch self {
        case .invalidClient: return .invalidClient
        case .invalidScope:
            var problem = Problem(.invalidScope)
            problem.oauthError = "invalid_scope"
            return problem
        case .token(let error): return AuthenticationError(error).problem
        }
    }
}

extension Problem {
    /// A client that did not show who it is.
    static var invalidClient: Problem {
        var problem = Problem(.invalidClient)
        problem.oauthError = "invalid_client"
        problem.challenge = #"Basic realm="lms", charset="UTF-8""#
        return problem
    }
}

extension ProblemCode {
    static let serviceAccountNotFound = ProblemCode(
        "SERVICE_ACCOUNT_NOT_FOUND",
        404,
        en: "There is no such service account.",
        es: "No existe esa cuenta de servicio.",
        ar: "لا يوجد حساب خدمة كهذا."
    )
    static let serviceAccountNameTaken = ProblemCode(
        "SERVICE_ACCOUNT_NAME_TAKEN",
        409,
        en: "A service account has this name already; choose another one.",
        es: "Ya hay una cuenta de servicio con ese nombre; elija otro.",
        ar: "يوجد حساب خدمة بهذا الاسم بالفعل؛ اختر اسماً آخر."
    )
    static let tooManyServiceAccounts = ProblemCode(
        "TOO_MANY_SERVICE_ACCOUNTS",
        409,
        en: "There are as many service accounts as there may be; delete one first.",
        es: "Ya hay el máximo de cuentas de servicio; elimine una antes.",
        ar: "بلغ عدد حسابات الخدمة الحد الأقصى؛ احذف واحداً أولاً."
    )
    static let ownerUnknown = ProblemCode(
        "OWNER_UNKNOWN",
        422,
        en: "There is no such active user who could answer for it; choose another one.",
        es: "No hay un usuario activo así que pueda responder por ella; elija otro.",
        ar: "لا يوجد مستخدم نشط كهذا ليكون مسؤولاً عنه؛ اختر مستخدماً آخر."
    )
    static let invalidClient = ProblemCode(
        "INVALID_CLIENT",
        401,
        en: "The client identifier or secret is not valid here; check both, or have the secret renewed.",
        es: "El identificador o el secreto del cliente no son válidos aquí; revise ambos o haga renovar el secreto.",
        ar: "معرّف العميل أو سره غير صالح هنا؛ تحقق منهما أو اطلب تجديد السر."
    )
    static let invalidScope = ProblemCode(
        "INVALID_SCOPE",
        400,
        en: "A scope is unknown or more than the account may do; ask for less.",
        es: "Un ámbito es desconocido o excede lo que la cuenta puede hacer; pida menos.",
        ar: "أحد النطاقات غير معروف أو يتجاوز ما يُسمح به للحساب؛ اطلب أقل."
    )
}
