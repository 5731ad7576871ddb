// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

extension ProblemCode {
    static let tooManyStreams = ProblemCode(
        "TOO_MANY_STREAMS",
        429,
        en: "You have as many streams open as you may; close one of them.",
        es: "Tiene abiertos todos los flujos permitidos; cierre uno de ellos.",
        ar: "لديك أكبر عدد مسموح به من عمليات البث المفتوحة؛ أغلق إحداها."
    )
    static let upgradeRequired = ProblemCode(
        "UPGRADE_REQUIRED",
        426,
        en: "This is a WebSocket of version 13; ask for an upgrade by HTTP/1.1.",
        es: "Esto es un WebSocket de la versión 13; pida una actualización mediante HTTP/1.1.",
        ar: "هذا WebSocket من الإصدار 13؛ اطلب الترقية عبر HTTP/1.1."
    )
    static let malformedHandshake = ProblemCode(
        "MALFORMED_HANDSHAKE",
        400,
        en: "The handshake of the WebSocket is not as RFC 6455 says.",
        es: "La negociación del WebSocket no es como dice RFC 6455.",
        ar: "مصافحة WebSocket ليست كما ينص RFC 6455."
    )
    static let malformedFrame = ProblemCode(
        "MALFORMED_FRAME",
        400,
        en: "Send a JSON object with a type that is known and the fields that it needs.",
        es: "Envíe un objeto JSON con un tipo conocido y los campos que necesita.",
        ar: "أرسل كائن JSON بنوع معروف وبالحقول التي يحتاجها."
    )
    static let tooManySubscriptions = ProblemCode(
        "TOO_MANY_SUBSCRIPTIONS",
        429,
        en: "This WebSocket watches as much as it may; unsubscribe from something first.",
        es: "Este WebSocket ya observa todo lo permitido; cancele antes alguna suscripción.",
        ar: "يراقب هذا الـ WebSocket أقصى المسموح به؛ ألغِ اشتراكًا أولًا."
    )
    static let liveFull = ProblemCode(
        "STREAMS_FULL",
        503,
        en:
            "This server has as many streams open as it can; try again in a moment, or ask for what is new from time to time.",
        es:
            "Este servidor tiene abiertos todos los flujos que puede; inténtelo de nuevo en un momento o consulte las novedades de vez en cuando.",
        ar: "لدى هذا الخادم أكبر عدد ممكن من عمليات البث؛ حاول مرة أخرى بعد لحظة أو اطلب الجديد من حين لآخر."
    )
}
