// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension FactorError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .invalidCode: Problem(.invalidCode)
        case .throttled(let seconds): Problem(.signInThrottled).retrying(after: seconds)
        case .invalidChallenge: Problem(.invalidChallenge)
        case .notSetUp: Problem(.factorNotSetUp)
        case .mandatory: Problem(.factorMandatory)
        case .codeNeeded: Problem(.codeNeeded)
        case .noMail: Problem(.mailNotAvailable)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let invalidCode = ProblemCode(
        "INVALID_CODE",
        401,
        en: "The code is wrong, was used before, or is over; enter the next one.",
        es: "El código es incorrecto, ya se usó o ha caducado; introduzca el siguiente.",
        ar: "الرمز خاطئ أو مستخدم من قبل أو منتهي الصلاحية؛ أدخل الرمز التالي."
    )
    static let invalidChallenge = ProblemCode(
        "INVALID_CHALLENGE",
        401,
        en: "This sign-in is over; begin again.",
        es: "Este inicio de sesión ha terminado; empiece de nuevo.",
        ar: "انتهت محاولة تسجيل الدخول هذه؛ ابدأ من جديد."
    )
    static let factorNotSetUp = ProblemCode(
        "FACTOR_NOT_SET_UP",
        409,
        en: "There is no such second factor; begin to set one up.",
        es: "No existe ese segundo factor; empiece a configurar uno.",
        ar: "لا يوجد هذا العامل الثاني؛ ابدأ بإعداده."
    )
    static let factorMandatory = ProblemCode(
        "FACTOR_MANDATORY",
        409,
        en: "The organization asks you for a second factor; set up another one before you take this away.",
        es: "La organización le exige un segundo factor; configure otro antes de quitar este.",
        ar: "تشترط المؤسسة عاملاً ثانياً؛ أعدّ عاملاً آخر قبل إزالة هذا."
    )
    static let codeNeeded = ProblemCode(
        "CODE_NEEDED",
        403,
        en: "Confirm this with a code of your second factor; the password is not enough.",
        es: "Confírmelo con un código de su segundo factor; la contraseña no basta.",
        ar: "أكّد ذلك برمز من عاملك الثاني؛ كلمة المرور لا تكفي."
    )
    static let mailNotAvailable = ProblemCode(
        "MAIL_NOT_AVAILABLE",
        501,
        en: "This installation sends no codes by mail; use another method.",
        es: "Esta instalación no envía códigos por correo; use otro método.",
        ar: "لا يرسل هذا النظام رموزاً بالبريد؛ استخدم طريقة أخرى."
    )
    static let qrCodeNotBuilt = ProblemCode(
        "QR_CODE_NOT_BUILT",
        501,
        en: "This server makes no QR codes; type the secret into the app.",
        es: "Este servidor no genera códigos QR; escriba el secreto en la aplicación.",
        ar: "لا ينشئ هذا الخادم رموز QR؛ اكتب المفتاح السري في التطبيق."
    )
}
