// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension DiscussionError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.threadNotFound)
        case .postNotFound: Problem(.postNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .lessonNotFound: Problem(.lessonNotFound)
        case .memberNotFound: Problem(.courseMemberNotFound)
        case .enrollmentNeeded: Problem(.enrollmentNeeded)
        case .paymentNeeded: Problem(.paymentNeeded)
        case .forbidden: Problem(.forbidden)
        case .archived: Problem(.courseArchived)
        case .locked: Problem(.threadLocked)
        case .suspended(let end): Self.suspended(until: end)
        case .notAnAnswer: Problem(.notAnAnswer)
        case .ownPost: Problem(.ownPost)
        case .answered: Problem(.threadAnswered)
        case .gone: Problem(.postGone)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What saying something in a thread may be answered with.
    static let writingProblems: [ProblemCode] =
        partProblems + [.courseArchived, .threadLocked, .discussionSuspended]

    /// What taking part in a thread may be answered with.
    static let partProblems: [ProblemCode] = [.threadNotFound, .forbidden, .enrollmentNeeded, .paymentNeeded]

    private static func suspended(until end: Date) -> Problem {
        var json = JSONWriter()
        json.value(end)
        let time = String(decoding: json.bytes, as: UTF8.self).filter { $0 != "\"" }
        return Problem(.discussionSuspended).detailed(
            en: "You can write again after \(time).",
            es: "Podrá volver a escribir después de \(time).",
            ar: "يمكنك الكتابة مجددًا بعد \(time)."
        )
    }
}

extension ProblemCode {
    static let threadNotFound = ProblemCode(
        "THREAD_NOT_FOUND",
        404,
        en: "There is no such thread.",
        es: "No existe ese hilo.",
        ar: "لا يوجد موضوع كهذا."
    )
    static let postNotFound = ProblemCode(
        "POST_NOT_FOUND",
        404,
        en: "The thread has no such post, or none that can be answered.",
        es: "El hilo no tiene esa publicación, o no se puede responder a ella.",
        ar: "لا يحتوي الموضوع على هذه المشاركة، أو لا يمكن الرد عليها."
    )
    static let courseMemberNotFound = ProblemCode(
        "COURSE_MEMBER_NOT_FOUND",
        404,
        en: "Nobody of that identifier takes part in the course, or is blocked there.",
        es: "Nadie con ese identificador participa en el curso, o está bloqueado en él.",
        ar: "لا يوجد مشارك بهذا المعرّف في الدورة، أو محظور فيها."
    )
    static let courseArchived = ProblemCode(
        "COURSE_ARCHIVED",
        409,
        en: "The course is archived: its discussions can be read and not changed.",
        es: "El curso está archivado: sus debates se pueden leer, pero no cambiar.",
        ar: "الدورة مؤرشفة: يمكن قراءة نقاشاتها ولا يمكن تغييرها."
    )
    static let threadLocked = ProblemCode(
        "THREAD_LOCKED",
        409,
        en: "The thread is closed; open another one.",
        es: "El hilo está cerrado; abra otro.",
        ar: "الموضوع مغلق؛ افتح موضوعًا آخر."
    )
    static let discussionSuspended = ProblemCode(
        "DISCUSSION_SUSPENDED",
        403,
        en: "The course's staff does not let you write here for a time.",
        es: "El equipo del curso no le permite escribir aquí durante un tiempo.",
        ar: "لا يسمح لك فريق الدورة بالكتابة هنا لفترة."
    )
    static let notAnAnswer = ProblemCode(
        "NOT_AN_ANSWER",
        409,
        en: "Only a reply to a question can be its answer.",
        es: "Solo una respuesta a una pregunta puede aceptarse.",
        ar: "لا يُقبل إجابةً إلا رد على سؤال."
    )
    static let ownPost = ProblemCode(
        "OWN_POST",
        409,
        en: "Nobody votes for their own post.",
        es: "Nadie vota su propia publicación.",
        ar: "لا أحد يصوّت لمشاركته."
    )
    static let threadAnswered = ProblemCode(
        "THREAD_ANSWERED",
        409,
        en: "Others wrote in the thread; delete your own posts instead.",
        es: "Otras personas escribieron en el hilo; elimine solo sus publicaciones.",
        ar: "كتب آخرون في الموضوع؛ احذف مشاركاتك فقط."
    )
    static let postGone = ProblemCode(
        "POST_GONE",
        409,
        en: "The post was deleted or hidden and cannot be changed.",
        es: "La publicación fue eliminada u ocultada y no se puede cambiar.",
        ar: "حُذفت المشاركة أو أُخفيت ولا يمكن تغييرها."
    )
}
