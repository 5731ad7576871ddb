// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension EventHistoryError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .notFound, .eventNotFound: Problem(.eventNotFound)
        case .consumerNotFound: Problem(.eventConsumerNotFound)
        case .notKept(let start):
            Problem(.eventsNotKept).detailed(
                en: "Begin at \(start.iso8601Milliseconds) or later.",
                es: "Empiece el \(start.iso8601Milliseconds) o después.",
                ar: "ابدأ من \(start.iso8601Milliseconds) أو بعد ذلك."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let eventConsumerNotFound = ProblemCode(
        "EVENT_CONSUMER_NOT_FOUND",
        .notFound,
        en: "Nobody reacts to events under that name. Dead letters name their consumers.",
        es: "Nadie reacciona a eventos con ese nombre. Los eventos abandonados nombran a sus consumidores.",
        ar: "لا أحد يتفاعل مع الأحداث بهذا الاسم. تذكر الأحداث المتروكة أسماء مستهلكيها."
    )
    static let eventsNotKept = ProblemCode(
        "EVENTS_NOT_KEPT",
        422,
        en: "Events of that time are not all kept any more.",
        es: "Ya no se conservan todos los eventos de ese periodo.",
        ar: "لم تعد كل أحداث تلك المدة محفوظة."
    )
    static let eventNotFound = ProblemCode(
        "EVENT_NOT_FOUND",
        .notFound,
        en: "No such event was given up. List those that were at /api/v1/admin/events/dead-letters.",
        es: "No se ha abandonado ningún evento así. Los abandonados están en /api/v1/admin/events/dead-letters.",
        ar: "لم يُتخلَّ عن حدث كهذا. اعرض الأحداث المتروكة في ‎/api/v1/admin/events/dead-letters."
    )
}
