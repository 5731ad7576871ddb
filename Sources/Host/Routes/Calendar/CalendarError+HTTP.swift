// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension CalendarError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .feedNotFound: Problem(.calendarFeedNotFound)
        case .invalidSpan(let limit):
            Problem(.calendarSpanInvalid).detailed(
                en: "At most \(limit) days.",
                es: "Como máximo \(limit) días.",
                ar: "\(limit) يومًا كحد أقصى."
            )
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let calendarFeedNotFound = ProblemCode(
        "CALENDAR_FEED_NOT_FOUND",
        404,
        en: "No calendar has this address.",
        es: "Ningún calendario tiene esta dirección.",
        ar: "لا يوجد تقويم بهذا العنوان."
    )
    static let calendarSpanInvalid = ProblemCode(
        "CALENDAR_SPAN_INVALID",
        422,
        en: "The span must end after it begins, and not be too long.",
        es: "El periodo debe terminar después de empezar y no ser demasiado largo.",
        ar: "يجب أن تنتهي المدة بعد بدايتها وألا تكون طويلة جدًا."
    )
}
