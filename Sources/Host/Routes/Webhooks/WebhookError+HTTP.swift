// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension WebhookError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.webhookEndpointNotFound)
        case .deliveryNotFound: Problem(.webhookDeliveryNotFound)
        case .forbidden: Problem(.forbidden)
        case .addressRefused: Problem(.webhookAddressRefused)
        case .unknownTypes(let names):
            Problem(.eventTypeUnknown).detailed(
                en: "Unknown: \(names.joined(separator: ", ")).",
                es: "Desconocidos: \(names.joined(separator: ", ")).",
                ar: "غير معروفة: \(names.joined(separator: "، "))."
            )
        case .tooMany(let limit):
            Problem(.tooManyWebhookEndpoints).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .versionMismatch: Problem(.preconditionFailed)
        case .disabled: Problem(.webhookEndpointDisabled)
        case .pending: Problem(.webhookDeliveryPending)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }

    /// What making and changing an endpoint may answer.
    static let writeProblems: [ProblemCode] = [.webhookAddressRefused, .eventTypeUnknown]
}

extension ProblemCode {
    static let webhookEndpointNotFound = ProblemCode(
        "WEBHOOK_ENDPOINT_NOT_FOUND",
        404,
        en: "There is no such webhook endpoint.",
        es: "No existe ese destino de webhook.",
        ar: "لا توجد نقطة خطاف ويب كهذه."
    )
    static let webhookDeliveryNotFound = ProblemCode(
        "WEBHOOK_DELIVERY_NOT_FOUND",
        404,
        en: "There is no such webhook delivery.",
        es: "No existe esa entrega de webhook.",
        ar: "لا توجد عملية تسليم كهذه."
    )
    static let webhookAddressRefused = ProblemCode(
        "WEBHOOK_ADDRESS_REFUSED",
        422,
        en: "Nothing is sent to addresses that are not public; give the name of a server on the Internet.",
        es: "No se envía nada a direcciones que no son públicas; indique el nombre de un servidor en Internet.",
        ar: "لا يُرسل شيء إلى عناوين غير عامة؛ أعطِ اسم خادم على الإنترنت."
    )
    static let eventTypeUnknown = ProblemCode(
        "EVENT_TYPE_UNKNOWN",
        422,
        en: "There are no such types of events; choose from the list of types, or * for all.",
        es: "No existen esos tipos de eventos; elija de la lista de tipos, o * para todos.",
        ar: "لا توجد أنواع أحداث كهذه؛ اختر من قائمة الأنواع أو * للكل."
    )
    static let tooManyWebhookEndpoints = ProblemCode(
        "TOO_MANY_WEBHOOK_ENDPOINTS",
        409,
        en: "There are as many webhook endpoints as there may be; delete one first.",
        es: "Ya hay el máximo de destinos de webhook; elimine uno antes.",
        ar: "بلغ عدد نقاط خطافات الويب الحد الأقصى؛ احذف واحدة أولاً."
    )
    static let webhookEndpointDisabled = ProblemCode(
        "WEBHOOK_ENDPOINT_DISABLED",
        409,
        en: "The endpoint is disabled; enable it first.",
        es: "El destino está desactivado; actívelo antes.",
        ar: "النقطة موقوفة؛ فعّلها أولاً."
    )
    static let webhookDeliveryPending = ProblemCode(
        "WEBHOOK_DELIVERY_PENDING",
        409,
        en: "The delivery is on its way still; wait until it is over.",
        es: "La entrega sigue en curso; espere a que termine.",
        ar: "التسليم ما زال جارياً؛ انتظر حتى ينتهي."
    )
}
