// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Proof of telephone numbers.
struct PhoneRoutes: Sendable {
    let phones: Phones
    /// Whether the installation sends text messages.
    let isOffered: Bool

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/users/me/phone",
                "Have a code sent to a telephone number, to sign in with it",
                access: .signedIn,
                status: .accepted,
                problems: [.smsNotOffered, .codeTooSoon],
                rate: .auth,
                assurance: .recent,
                handler: request
            ),
            Route(
                .post,
                "/api/v1/users/me/phone/confirm",
                "Show with the code that the number is mine",
                access: .signedIn,
                status: .noContent,
                problems: [.invalidCode, .phoneTaken],
                rate: .auth,
                handler: confirm
            ),
        ]
    }

    private func request(
        _ input: Input<Nothing, Nothing, PhoneRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        guard isOffered else { throw Problem(.smsNotOffered) }
        try await phones.request(
            input.body.phone,
            as: context.acting,
            at: context.tenant.id,
            tenants: context.tenants
        )
        return .accepted(Nothing())
    }

    private func confirm(
        _ input: Input<Nothing, Nothing, PhoneConfirmation>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await phones.confirm(
            input.body.code,
            as: context.acting,
            at: context.tenant.id,
            tenants: context.tenants
        )
        return .noContent
    }
}

/// `POST /api/v1/users/me/phone`.
struct PhoneRequest: RequestBody {
    let phone: PhoneNumber

    init(fields: inout FieldReader) {
        phone = fields.required("phone", .phone)
    }
}

/// `POST /api/v1/users/me/phone/confirm`.
struct PhoneConfirmation: RequestBody {
    let code: Secret<String>

    init(fields: inout FieldReader) {
        code = Secret(fields.required("code", .code))
    }
}

extension PhoneError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .invalidCode: Problem(.invalidCode)
        case .tooSoon(let seconds): Problem(.codeTooSoon).retrying(after: seconds)
        case .taken: Problem(.phoneTaken)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let phoneTaken = ProblemCode(
        "PHONE_TAKEN",
        409,
        en: "Another account signs in with this number; use another number.",
        es: "Otra cuenta inicia sesión con este número; use otro número.",
        ar: "يستخدم حساب آخر هذا الرقم لتسجيل الدخول؛ استخدم رقماً آخر."
    )
    static let codeTooSoon = ProblemCode(
        "CODE_TOO_SOON",
        429,
        en: "A code was sent a moment ago, or five today; wait for it, or ask for the next one later.",
        es: "Se envió un código hace un momento, o cinco hoy; espérelo o solicite el siguiente más tarde.",
        ar: "أُرسل رمز قبل قليل، أو خمسة رموز اليوم؛ انتظره أو اطلب الرمز التالي لاحقاً."
    )
    static let smsNotOffered = ProblemCode(
        "SMS_NOT_OFFERED",
        503,
        en: "This installation sends no text messages; ask your administrator.",
        es: "Esta instalación no envía mensajes de texto; consulte a su administrador.",
        ar: "هذا النظام لا يرسل رسائل نصية؛ راجع المسؤول."
    )
}
