// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension InvitationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.invitationNotFound)
        case .forbidden: Problem(.forbidden)
        case .roleNotFound: Problem(.roleUnknown)
        case .beyondOwnGrants: Problem(.beyondOwnGrants)
        case .emailTaken: Problem(.emailTaken)
        case .alreadyInvited: Problem(.alreadyInvited)
        case .ended: Problem(.invitationEnded)
        case .tooMany: Problem(.tooManyInvitations)
        case .invalidToken: Problem(.invalidMailedToken)
        case .password(let problem): problem.problem
        case .mailNotOffered: Problem(.mailNotOffered)
        case .invalidPosition: Problem(.invalidCursor)
        case .busy: Problem(.unavailable).retrying(after: 1)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let invitationNotFound = ProblemCode(
        "INVITATION_NOT_FOUND",
        404,
        en: "There is no such invitation.",
        es: "No existe esa invitación.",
        ar: "لا توجد دعوة كهذه."
    )
    static let alreadyInvited = ProblemCode(
        "ALREADY_INVITED",
        409,
        en: "This address has an open invitation; send that again, or take it back.",
        es: "Esta dirección ya tiene una invitación abierta; reenvíela o retírela.",
        ar: "لهذا البريد دعوة مفتوحة؛ أعد إرسالها أو اسحبها."
    )
    static let invitationEnded = ProblemCode(
        "INVITATION_ENDED",
        409,
        en: "The invitation was accepted or taken back; send a new one.",
        es: "La invitación fue aceptada o retirada; envíe una nueva.",
        ar: "قُبلت الدعوة أو سُحبت؛ أرسل دعوة جديدة."
    )
    static let tooManyInvitations = ProblemCode(
        "TOO_MANY_INVITATIONS",
        409,
        en: "1,000 invitations are open, or this one was sent ten times; take some back.",
        es: "Hay 1000 invitaciones abiertas o esta se envió diez veces; retire algunas.",
        ar: "هناك ١٠٠٠ دعوة مفتوحة أو أُرسلت هذه عشر مرات؛ اسحب بعضها."
    )
}
