// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension PushError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.pushSubscriptionNotFound)
        case .forbidden: Problem(.forbidden)
        case .noSession: Problem(.pushNeedsSignIn)
        case .addressRefused: Problem(.pushDeviceInvalid)
        case .accountNotFound: Problem(.pushAccountNotFound)
        case .invalidAccount: Problem(.pushAccountInvalid)
        case .keyNeeded: Problem(.pushKeyNeeded)
        case .notOffered: Problem(.pushNotOffered)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let pushSubscriptionNotFound = ProblemCode(
        "PUSH_SUBSCRIPTION_NOT_FOUND",
        404,
        en: "There is no such device among yours.",
        es: "No hay tal dispositivo entre los suyos.",
        ar: "لا يوجد جهاز كهذا بين أجهزتك."
    )
    static let pushDeviceInvalid = ProblemCode(
        "PUSH_DEVICE_INVALID",
        422,
        en:
            "This is no device: send a browser's subscription with its public https address and both keys, or an app's token with its platform.",
        es:
            "Esto no es un dispositivo: envíe la suscripción de un navegador con su dirección https pública y ambas claves, o el token de una aplicación con su plataforma.",
        ar:
            "هذا ليس جهازاً: أرسل اشتراك متصفح بعنوان https عام ومفتاحيه، أو رمز تطبيق مع منصته."
    )
    static let pushNeedsSignIn = ProblemCode(
        "PUSH_NEEDS_SIGN_IN",
        403,
        en: "Only somebody who signed in on the device itself can be told on it; sign in there.",
        es: "Solo quien inició sesión en el propio dispositivo puede recibir avisos en él; inicie sesión allí.",
        ar: "لا يمكن التنبيه على جهاز إلا لمن سجّل الدخول عليه؛ سجّل الدخول هناك."
    )
    static let pushAccountNotFound = ProblemCode(
        "PUSH_ACCOUNT_NOT_FOUND",
        404,
        en: "No account is set up for this service; set one up first.",
        es: "No hay ninguna cuenta configurada para este servicio; configure una antes.",
        ar: "لا يوجد حساب مُعد لهذه الخدمة؛ أعِدّ واحداً أولاً."
    )
    static let pushAccountInvalid = ProblemCode(
        "PUSH_ACCOUNT_INVALID",
        422,
        en:
            "The account makes no sense: give the file and the names exactly as the provider gave them out, with its private key.",
        es:
            "La cuenta no es válida: indique el archivo y los nombres tal como los entregó el proveedor, con su clave privada.",
        ar: "الحساب غير صالح: أعطِ الملف والأسماء كما أعطاها المزوّد تماماً، مع مفتاحه الخاص."
    )
    static let pushKeyNeeded = ProblemCode(
        "PUSH_KEY_NEEDED",
        422,
        en: "Give the key too: the stored one has another name or belongs to another team, or there is none.",
        es: "Indique también la clave: la guardada tiene otro nombre o es de otro equipo, o no hay ninguna.",
        ar: "أعطِ المفتاح أيضاً: المحفوظ باسم آخر أو لفريق آخر، أو لا يوجد مفتاح."
    )
    static let pushNotOffered = ProblemCode(
        "PUSH_NOT_OFFERED",
        503,
        en: "This installation sends no messages to devices; ask your administrator.",
        es: "Esta instalación no envía mensajes a dispositivos; consulte a su administrador.",
        ar: "هذا النظام لا يرسل رسائل إلى الأجهزة؛ راجع المسؤول."
    )
}
