// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension NotificationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.notificationNotFound)
        case .announcementNotFound: Problem(.announcementNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .userNotFound: Problem(.notFound)
        case .forbidden: Problem(.forbidden)
        case .usersOnly: Problem(.notificationsOfUsersOnly)
        case .invalidPosition: Problem(.invalidCursor)
        case .mandatory: Problem(.notificationMandatory)
        case .unknownParameter(let name): Self.unknownParameter(name)
        case .invalidText: Problem(.notificationTextInvalid)
        case .invalidLink: Problem(.notificationLinkInvalid)
        case .textNeeded(let language):
            Problem(.notificationTextNeeded).detailed(
                en: "The language is \(language).",
                es: "El idioma es \(language).",
                ar: "اللغة هي \(language)."
            )
        case .ended: Problem(.announcementEnded)
        case .invalidToken: Problem(.unsubscribeTokenInvalid)
        case .unknownTimeZone, .invalid: Problem(.validationFailed)
        case .keys: Problem(.unavailable)
        case .database(let error): error.problem
        }
    }

    private static func unknownParameter(_ name: String) -> Problem {
        let name = name.prefix(60)
        return Problem(.notificationParameterUnknown).detailed(
            en: "The text names {\(name)}.",
            es: "El texto nombra {\(name)}.",
            ar: "يذكر النص {\(name)}."
        )
    }
}

extension ProblemCode {
    static let notificationNotFound = ProblemCode(
        "NOTIFICATION_NOT_FOUND",
        404,
        en: "There is no such notification.",
        es: "No existe esa notificación.",
        ar: "لا يوجد إشعار كهذا."
    )
    static let announcementNotFound = ProblemCode(
        "ANNOUNCEMENT_NOT_FOUND",
        404,
        en: "There is no such announcement.",
        es: "No existe ese anuncio.",
        ar: "لا يوجد إعلان كهذا."
    )
    static let notificationsOfUsersOnly = ProblemCode(
        "NOTIFICATIONS_OF_USERS_ONLY",
        403,
        en: "Only users are told things; sign in as one.",
        es: "Solo los usuarios reciben notificaciones; inicie sesión como usuario.",
        ar: "الإشعارات للمستخدمين فقط؛ سجّل الدخول كمستخدم."
    )
    static let notificationMandatory = ProblemCode(
        "NOTIFICATION_MANDATORY",
        422,
        en: "Notices that guard the account cannot be turned off.",
        es: "Los avisos que protegen la cuenta no se pueden desactivar.",
        ar: "لا يمكن إيقاف الإشعارات التي تحمي الحساب."
    )
    static let notificationParameterUnknown = ProblemCode(
        "NOTIFICATION_PARAMETER_UNKNOWN",
        422,
        en: "The text names a parameter that its type does not have; the type's description lists those that it has.",
        es: "El texto nombra un parámetro que su tipo no tiene; la descripción del tipo enumera los que tiene.",
        ar: "يذكر النص مُعاملًا لا يملكه نوعه؛ وصف النوع يسرد المعاملات المتاحة."
    )
    static let notificationTextInvalid = ProblemCode(
        "NOTIFICATION_TEXT_INVALID",
        422,
        en: "A title has 1 to 200 characters on one line, a message 1 to 1000.",
        es: "Un título tiene de 1 a 200 caracteres en una línea; un mensaje, de 1 a 1000.",
        ar: "العنوان من 1 إلى 200 حرف في سطر واحد، والرسالة من 1 إلى 1000."
    )
    static let notificationLinkInvalid = ProblemCode(
        "NOTIFICATION_LINK_INVALID",
        422,
        en: "A link is a path that begins with / or an address that begins with https://.",
        es: "Un enlace es una ruta que empieza por / o una dirección que empieza por https://.",
        ar: "الرابط مسار يبدأ بـ / أو عنوان يبدأ بـ https://."
    )
    static let notificationTextNeeded = ProblemCode(
        "NOTIFICATION_TEXT_NEEDED",
        422,
        en: "An announcement needs a title and a message in the organization's language.",
        es: "Un anuncio necesita título y mensaje en el idioma de la organización.",
        ar: "يحتاج الإعلان إلى عنوان ورسالة بلغة المؤسسة."
    )
    static let announcementEnded = ProblemCode(
        "ANNOUNCEMENT_ENDED",
        409,
        en: "The announcement has ended; nothing is left to cancel.",
        es: "El anuncio ha terminado; no queda nada que cancelar.",
        ar: "انتهى الإعلان؛ لم يبقَ ما يُلغى."
    )
    static let unsubscribeTokenInvalid = ProblemCode(
        "UNSUBSCRIBE_TOKEN_INVALID",
        404,
        en: "The link is not good any more. Sign in and change your preferences.",
        es: "El enlace ya no sirve. Inicie sesión y cambie sus preferencias.",
        ar: "لم يعد الرابط صالحًا. سجّل الدخول وغيّر تفضيلاتك."
    )
}
