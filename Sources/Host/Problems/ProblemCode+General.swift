// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// What any route can answer.
extension ProblemCode {
    static let validationFailed = ProblemCode(
        "VALIDATION_FAILED",
        400,
        en: "The request has invalid fields.",
        es: "La solicitud tiene campos no válidos.",
        ar: "يحتوي الطلب على حقول غير صالحة."
    )
    static let malformedBody = ProblemCode(
        "MALFORMED_BODY",
        400,
        en: "The body cannot be read.",
        es: "No se puede leer el cuerpo de la solicitud.",
        ar: "تعذّرت قراءة نص الطلب."
    )
    static let malformedPath = ProblemCode(
        "MALFORMED_PATH",
        400,
        en: "The address is malformed.",
        es: "La dirección está mal formada.",
        ar: "العنوان غير صحيح."
    )
    static let invalidCursor = ProblemCode(
        "INVALID_CURSOR",
        400,
        en: "The cursor is not valid for this list.",
        es: "El cursor no es válido para esta lista.",
        ar: "المؤشر غير صالح لهذه القائمة."
    )
    static let unauthenticated = ProblemCode(
        "UNAUTHENTICATED",
        401,
        en: "Sign in first.",
        es: "Inicie sesión primero.",
        ar: "سجّل الدخول أولاً."
    )
    static let invalidToken = ProblemCode(
        "INVALID_TOKEN",
        401,
        en: "The access token is not valid here.",
        es: "El token de acceso no es válido aquí.",
        ar: "رمز الوصول غير صالح هنا."
    )
    static let tokenExpired = ProblemCode(
        "TOKEN_EXPIRED",
        401,
        en: "The access token has expired.",
        es: "El token de acceso ha caducado.",
        ar: "انتهت صلاحية رمز الوصول."
    )
    static let forbidden = ProblemCode(
        "FORBIDDEN",
        403,
        en: "You may not do this.",
        es: "No tiene permiso para hacer esto.",
        ar: "لا يُسمح لك بفعل ذلك."
    )
    static let notFound = ProblemCode(
        "NOT_FOUND",
        404,
        en: "There is nothing here.",
        es: "No hay nada aquí.",
        ar: "لا يوجد شيء هنا."
    )
    static let methodNotAllowed = ProblemCode(
        "METHOD_NOT_ALLOWED",
        405,
        en: "This address does not take this method.",
        es: "Esta dirección no admite este método.",
        ar: "هذا العنوان لا يقبل هذه الطريقة."
    )
    static let methodNotImplemented = ProblemCode(
        "METHOD_NOT_IMPLEMENTED",
        501,
        en: "No address takes this method.",
        es: "Ninguna dirección admite este método.",
        ar: "لا يقبل أي عنوان هذه الطريقة."
    )
    static let notAcceptable = ProblemCode(
        "NOT_ACCEPTABLE",
        406,
        en: "The reply exists in no form that you accept.",
        es: "La respuesta no existe en ningún formato que usted acepte.",
        ar: "الرد غير متوفر بأي صيغة تقبلها."
    )
    static let requestTimeout = ProblemCode(
        "REQUEST_TIMEOUT",
        408,
        en: "The body did not arrive in time.",
        es: "El cuerpo no llegó a tiempo.",
        ar: "لم يصل نص الطلب في الوقت المحدد."
    )
    static let conflict = ProblemCode(
        "CONFLICT",
        409,
        en: "Somebody else changed this at the same time; try again.",
        es: "Alguien lo cambió al mismo tiempo; inténtelo de nuevo.",
        ar: "عدّل شخص آخر هذا في الوقت نفسه؛ أعد المحاولة."
    )
    static let preconditionFailed = ProblemCode(
        "PRECONDITION_FAILED",
        412,
        en: "It was changed since you read it.",
        es: "Se ha modificado desde que usted lo leyó.",
        ar: "تم تعديله منذ أن قرأته."
    )
    static let contentTooLarge = ProblemCode(
        "CONTENT_TOO_LARGE",
        413,
        en: "The body is too large.",
        es: "El cuerpo de la solicitud es demasiado grande.",
        ar: "نص الطلب كبير جداً."
    )
    static let unsupportedMediaType = ProblemCode(
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        en: "The body is of a type that is not taken here.",
        es: "El tipo del cuerpo no se admite aquí.",
        ar: "نوع نص الطلب غير مقبول هنا."
    )
    static let rateLimited = ProblemCode(
        "RATE_LIMITED",
        429,
        en: "Too many requests; wait a moment.",
        es: "Demasiadas solicitudes; espere un momento.",
        ar: "طلبات كثيرة جداً؛ انتظر لحظة."
    )
    static let internalError = ProblemCode(
        "INTERNAL_ERROR",
        500,
        en: "Something went wrong on our side.",
        es: "Algo ha fallado por nuestra parte.",
        ar: "حدث خطأ من جانبنا."
    )
    static let unavailable = ProblemCode(
        "TEMPORARILY_UNAVAILABLE",
        503,
        en: "The service is busy; try again shortly.",
        es: "El servicio está ocupado; inténtelo de nuevo en breve.",
        ar: "الخدمة مشغولة؛ أعد المحاولة بعد قليل."
    )
    static let databaseUnavailable = ProblemCode(
        "DATABASE_UNAVAILABLE",
        503,
        en: "The database cannot be reached; try again shortly.",
        es: "No se puede acceder a la base de datos; inténtelo de nuevo en breve.",
        ar: "تعذّر الوصول إلى قاعدة البيانات؛ أعد المحاولة بعد قليل."
    )
    static let unknownOutcome = ProblemCode(
        "UNKNOWN_OUTCOME",
        503,
        en: "It is not known whether this happened; repeat it with the same Idempotency-Key.",
        es: "No se sabe si se realizó; repítalo con la misma Idempotency-Key.",
        ar: "لا يُعرف ما إذا تم ذلك؛ أعد الطلب بنفس Idempotency-Key."
    )
}
