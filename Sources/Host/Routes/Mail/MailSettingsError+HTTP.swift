// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension MailSettingsError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden, .noRecipient: Problem(.forbidden)
        case .invalidServer: Problem(.mailServerInvalid)
        case .serverNeeded: Problem(.mailServerNeeded)
        case .passwordNeeded: Problem(.mailPasswordNeeded)
        case .versionMismatch: Problem(.preconditionFailed)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let mailServerInvalid = ProblemCode(
        "MAIL_SERVER_INVALID",
        422,
        en: "The mail server makes no sense: look at its name, and give user and password together, never without TLS.",
        es:
            "El servidor de correo no es válido: revise su nombre e indique usuario y contraseña juntos, nunca sin TLS.",
        ar: "خادم البريد غير صالح: راجع اسمه، وأعطِ المستخدم وكلمة المرور معاً، ولا تستخدمهما أبداً بلا TLS."
    )
    static let mailServerNeeded = ProblemCode(
        "MAIL_SERVER_NEEDED",
        422,
        en:
            "A sender's address of your own needs a mail server of your own; give the server too, or leave the address out.",
        es:
            "Una dirección de remitente propia necesita un servidor de correo propio; indíquelo también u omita la dirección.",
        ar: "عنوان مرسل خاص بكم يحتاج إلى خادم بريد خاص بكم؛ أضف الخادم أيضاً أو احذف العنوان."
    )
    static let mailPasswordNeeded = ProblemCode(
        "MAIL_PASSWORD_NEEDED",
        422,
        en: "Give the password too: the stored one is good only for the server and the user that it was given for.",
        es:
            "Indique también la contraseña: la guardada vale solo para el servidor y el usuario para los que se indicó.",
        ar: "أعطِ كلمة المرور أيضاً: المحفوظة صالحة فقط للخادم والمستخدم اللذين أُعطيت لهما."
    )
}
