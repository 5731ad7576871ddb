// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension ConversationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.conversationNotFound)
        case .messageNotFound: Problem(.messageNotFound)
        case .recipientNotFound: Problem(.recipientNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .recipientBlocked: Problem(.recipientBlocked)
        case .recipientCount: Problem(.recipientCount)
        case .closed: Problem(.conversationClosed)
        case .forbidden: Problem(.forbidden)
        case .tooLate: Problem(.messageTooOld)
        case .tooManyConversations(let limit):
            Problem(.tooManyConversations).detailed(
                en: "At most \(limit) a day.",
                es: "Como máximo \(limit) al día.",
                ar: "\(limit) في اليوم كحد أقصى."
            )
        case .tooManyBlocks(let limit):
            Problem(.tooManyEntries).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What writing in a conversation may be answered with.
    static let writingProblems: [ProblemCode] = [
        .conversationNotFound, .forbidden, .conversationClosed, .recipientBlocked,
    ]
}

extension ProblemCode {
    static let conversationNotFound = ProblemCode(
        "CONVERSATION_NOT_FOUND",
        404,
        en: "There is no such conversation.",
        es: "No existe esa conversación.",
        ar: "لا توجد محادثة كهذه."
    )
    static let messageNotFound = ProblemCode(
        "MESSAGE_NOT_FOUND",
        404,
        en: "There is no such message.",
        es: "No existe ese mensaje.",
        ar: "لا توجد رسالة كهذه."
    )
    static let recipientNotFound = ProblemCode(
        "RECIPIENT_NOT_FOUND",
        404,
        en: "There is nobody of that identifier to whom you can write.",
        es: "No hay nadie con ese identificador a quien pueda escribir.",
        ar: "لا يوجد أحد بهذا المعرّف يمكنك مراسلته."
    )
    static let recipientBlocked = ProblemCode(
        "RECIPIENT_BLOCKED",
        409,
        en: "You have blocked this person; unblock them to write.",
        es: "Ha bloqueado a esta persona; desbloquéela para escribirle.",
        ar: "لقد حظرت هذا الشخص؛ ألغِ الحظر لتتمكن من مراسلته."
    )
    static let recipientCount = ProblemCode(
        "RECIPIENT_COUNT",
        422,
        en: "A conversation is with 1 to 19 others.",
        es: "Una conversación es con 1 a 19 personas más.",
        ar: "تكون المحادثة مع شخص واحد إلى 19 شخصًا آخرين."
    )
    static let conversationClosed = ProblemCode(
        "CONVERSATION_CLOSED",
        409,
        en: "Nothing more can be written in this conversation.",
        es: "Ya no se puede escribir en esta conversación.",
        ar: "لم يعد بالإمكان الكتابة في هذه المحادثة."
    )
    static let messageTooOld = ProblemCode(
        "MESSAGE_TOO_OLD",
        409,
        en: "The message cannot be changed any more; write another one.",
        es: "El mensaje ya no se puede cambiar; escriba otro.",
        ar: "لم يعد بالإمكان تغيير الرسالة؛ اكتب رسالة أخرى."
    )
    static let tooManyConversations = ProblemCode(
        "TOO_MANY_CONVERSATIONS",
        429,
        en: "You have begun too many conversations; go on in those that there are, or wait until tomorrow.",
        es: "Ha iniciado demasiadas conversaciones; continúe en las existentes o espere a mañana.",
        ar: "بدأت محادثات كثيرة جدًا؛ تابع في المحادثات القائمة أو انتظر حتى الغد."
    )
}
