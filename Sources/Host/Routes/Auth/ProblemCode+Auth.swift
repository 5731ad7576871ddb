// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

extension ProblemCode {
    static let invalidCredentials = ProblemCode(
        "INVALID_CREDENTIALS",
        401,
        en: "The address or the password is wrong.",
        es: "La dirección o la contraseña es incorrecta.",
        ar: "البريد الإلكتروني أو كلمة المرور غير صحيحة."
    )
    static let accountInactive = ProblemCode(
        "ACCOUNT_INACTIVE",
        401,
        en: "This account is suspended or deactivated.",
        es: "Esta cuenta está suspendida o desactivada.",
        ar: "هذا الحساب موقوف أو معطّل."
    )
    static let emailUnverified = ProblemCode(
        "EMAIL_UNVERIFIED",
        403,
        en: "Show first that the address is yours: follow the link that was mailed, or ask for a new one.",
        es: "Primero confirme que la dirección es suya: siga el enlace enviado o solicite uno nuevo.",
        ar: "أثبت أولاً أن البريد لك: افتح الرابط المرسل أو اطلب رابطاً جديداً."
    )
    static let domainNotAllowed = ProblemCode(
        "EMAIL_DOMAIN_NOT_ALLOWED",
        403,
        en: "Nobody can register here with an address of this domain.",
        es: "Aquí nadie puede registrarse con una dirección de este dominio.",
        ar: "لا يمكن التسجيل هنا ببريد من هذا النطاق."
    )
    static let signInThrottled = ProblemCode(
        "SIGN_IN_THROTTLED",
        429,
        en: "Too many attempts; wait before the next one.",
        es: "Demasiados intentos; espere antes del siguiente.",
        ar: "محاولات كثيرة جداً؛ انتظر قبل المحاولة التالية."
    )
    static let secondFactorNeeded = ProblemCode(
        "SECOND_FACTOR_NEEDED",
        400,
        en:
            "This account asks for a second factor; sign in at /api/v1/auth/login, with a code at /api/v1/auth/login/federated.",
        es:
            "Esta cuenta pide un segundo factor; inicie sesión en /api/v1/auth/login, con un código en /api/v1/auth/login/federated.",
        ar:
            "يتطلب هذا الحساب عاملاً ثانياً؛ سجّل الدخول عبر /api/v1/auth/login، أو برمز عبر /api/v1/auth/login/federated."
    )
    static let secondFactorRequired = ProblemCode(
        "SECOND_FACTOR_REQUIRED",
        403,
        en: "Set up a second factor first; this session is good for nothing else.",
        es: "Configure primero un segundo factor; esta sesión no sirve para nada más.",
        ar: "فعّل عاملاً ثانياً أولاً؛ هذه الجلسة لا تصلح لغير ذلك."
    )
    static let reauthenticationRequired = ProblemCode(
        "REAUTHENTICATION_REQUIRED",
        403,
        en:
            "Confirm who you are with your password or a code at /api/v1/auth/reauthenticate, or sign in anew, then try again.",
        es:
            "Confirme su identidad con su contraseña o un código en /api/v1/auth/reauthenticate, o inicie sesión de nuevo, y repita.",
        ar: "أكّد هويتك بكلمة المرور أو برمز عبر /api/v1/auth/reauthenticate، أو سجّل الدخول من جديد، ثم أعد المحاولة."
    )
    static let registrationClosed = ProblemCode(
        "REGISTRATION_CLOSED",
        403,
        en: "Nobody can register here by themselves.",
        es: "Aquí nadie puede registrarse por su cuenta.",
        ar: "التسجيل الذاتي غير متاح هنا."
    )
    static let emailTaken = ProblemCode(
        "EMAIL_TAKEN",
        409,
        en: "Somebody has this address already.",
        es: "Alguien ya tiene esta dirección.",
        ar: "هذا البريد الإلكتروني مستخدم بالفعل."
    )
    static let invalidRefreshToken = ProblemCode(
        "INVALID_REFRESH_TOKEN",
        401,
        en: "The refresh token is not valid here; sign in again.",
        es: "El token de renovación no es válido aquí; inicie sesión de nuevo.",
        ar: "رمز التجديد غير صالح هنا؛ سجّل الدخول من جديد."
    )
    static let refreshTokenReused = ProblemCode(
        "REFRESH_TOKEN_REUSED",
        401,
        en: "The refresh token was used before, so its session was ended; sign in again.",
        es: "El token de renovación ya se usó, por lo que su sesión se cerró; inicie sesión de nuevo.",
        ar: "استُخدم رمز التجديد من قبل فأُنهيت جلسته؛ سجّل الدخول من جديد."
    )
    static let refreshInProgress = ProblemCode(
        "REFRESH_IN_PROGRESS",
        409,
        en: "Another request is using this refresh token; use the tokens that it gets.",
        es: "Otra solicitud está usando este token de renovación; use los tokens que obtenga.",
        ar: "طلب آخر يستخدم رمز التجديد هذا؛ استخدم الرموز التي يحصل عليها."
    )
    static let invalidGrant = ProblemCode(
        "INVALID_GRANT",
        400,
        en: "The credentials or the refresh token are not valid here.",
        es: "Las credenciales o el token de renovación no son válidos aquí.",
        ar: "بيانات الدخول أو رمز التجديد غير صالحة هنا."
    )
    static let unsupportedGrantType = ProblemCode(
        "UNSUPPORTED_GRANT_TYPE",
        400,
        en: "This grant type is not offered here.",
        es: "Este tipo de concesión no se ofrece aquí.",
        ar: "نوع المنح هذا غير متاح هنا."
    )
    static let invalidTokenRequest = ProblemCode(
        "INVALID_TOKEN_REQUEST",
        400,
        en: "A parameter is missing.",
        es: "Falta un parámetro.",
        ar: "أحد المعاملات مفقود."
    )
}
