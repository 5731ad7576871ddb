// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

extension SessionRefusal: ProblemConvertible {
    /// Why, but not what would be allowed: who is outside need not learn where inside is.
    var problem: Problem {
        switch self {
        case .network: Problem(.networkNotAllowed)
        case .hours: Problem(.hoursNotAllowed)
        case .idle, .age: Problem(.sessionTimedOut)
        }
    }

    /// What a policy may answer whoever signed in.
    static let problems: [ProblemCode] = [.networkNotAllowed, .hoursNotAllowed, .sessionTimedOut]
}

extension ProblemCode {
    static let networkNotAllowed = ProblemCode(
        "NETWORK_NOT_ALLOWED",
        403,
        en:
            "Your organization allows this role from certain networks only; connect through one of them, such as at work or by "
            + "its VPN.",
        es:
            "Su organización permite este rol solo desde determinadas redes; conéctese por una de ellas, como en el trabajo o por "
            + "su VPN.",
        ar: "تسمح مؤسستك بهذا الدور من شبكات معيّنة فقط؛ اتصل عبر إحداها، مثل شبكة العمل أو شبكتها الخاصة (VPN)."
    )
    static let hoursNotAllowed = ProblemCode(
        "HOURS_NOT_ALLOWED",
        403,
        en: "Your organization allows this role at certain hours only; try again within them, or ask an administrator.",
        es:
            "Su organización permite este rol solo a ciertas horas; inténtelo dentro de ellas o pregunte a un administrador.",
        ar: "تسمح مؤسستك بهذا الدور في ساعات معيّنة فقط؛ أعد المحاولة خلالها أو اسأل أحد المشرفين."
    )
    static let sessionTimedOut = ProblemCode(
        "SESSION_TIMED_OUT",
        401,
        en: "Your organization ends sessions of this role after a while; sign in again.",
        es: "Su organización cierra las sesiones de este rol pasado un tiempo; inicie sesión de nuevo.",
        ar: "تُنهي مؤسستك جلسات هذا الدور بعد مدة؛ سجّل الدخول من جديد."
    )
    static let wouldLockOut = ProblemCode(
        "WOULD_LOCK_YOU_OUT",
        409,
        en: "These settings would keep you out yourself.",
        es: "Con esta configuración usted mismo no podría entrar.",
        ar: "هذه الإعدادات ستمنعك أنت من الدخول."
    )
    static let settingsNeedSession = ProblemCode(
        "SETTINGS_NEED_SESSION",
        403,
        en:
            "Change what decides who gets in while signed in, not with a key: a program would not notice that nobody does.",
        es:
            "Cambie lo que decide quién entra con una sesión iniciada y no con una clave: un programa no notaría que nadie entra.",
        ar: "غيّر ما يحدد من يدخل وأنت مسجّل الدخول لا بمفتاح: فالبرنامج لا يلاحظ أن أحداً لا يدخل."
    )
}
