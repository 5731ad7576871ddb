// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension CertificateError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.certificateNotFound)
        case .enrollmentNotFound: Problem(.enrollmentNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .templateNotFound: Problem(.certificateTemplateNotFound)
        case .forbidden: Problem(.forbidden)
        case .notActive(.pendingPayment): Problem(.paymentNeeded)
        case .notActive: Problem(.enrollmentClosed)
        case .notCompleted: Problem(.certificateNotEarned)
        case .notOffered: Problem(.certificateNotOffered)
        case .alreadyIssued(let id):
            Problem(.certificateExists).detailed(
                en: "The certificate is \(id).",
                es: "El certificado es \(id).",
                ar: "الشهادة هي \(id)."
            )
        case .notCurrent(let status):
            Problem(.certificateNotCurrent).detailed(
                en: "It is \(status.rawValue).",
                es: "Su estado es \(status.rawValue).",
                ar: "حالتها \(status.rawValue)."
            )
        case .notPrepared: Problem(.certificateNotReady)
        case .revoked: Problem(.certificateRevoked)
        case .nameTaken: Problem(.certificateTemplateNameTaken)
        case .templateInUse: Problem(.certificateTemplateInUse)
        case .unknownPlaceholder(let field):
            Problem(.certificatePlaceholderUnknown).detailed(en: field, es: field, ar: field)
        case .invalidText(let field): Problem(.certificateTextRefused).detailed(en: field, es: field, ar: field)
        case .invalidImage: Problem(.certificateImageRefused)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .pressNotBuilt: Problem(.certificatesNotBuilt)
        case .badgesNotBuilt: Problem(.badgesNotBuilt)
        case .busy, .press, .store: Problem(.unavailable)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }

    /// What issuing the certificate of an enrollment may be answered with.
    static let issuingProblems: [ProblemCode] = [
        .enrollmentNotFound, .forbidden, .enrollmentClosed, .paymentNeeded,
    ]
    /// What changing a template may be answered with.
    static let designProblems: [ProblemCode] = [
        .certificateTemplateNameTaken, .certificatePlaceholderUnknown, .certificateTextRefused,
    ]
    /// What giving out a badge may be answered with.
    static let badgeProblems: [ProblemCode] = [
        .certificateNotFound, .certificateRevoked, .certificateNotReady, .badgesNotBuilt,
    ]
}

extension ProblemCode {
    static let certificateNotFound = ProblemCode(
        "CERTIFICATE_NOT_FOUND",
        404,
        en: "There is no such certificate.",
        es: "No existe ese certificado.",
        ar: "لا توجد شهادة كهذه."
    )
    static let certificateTemplateNotFound = ProblemCode(
        "CERTIFICATE_TEMPLATE_NOT_FOUND",
        404,
        en: "There is no such template.",
        es: "No existe esa plantilla.",
        ar: "لا يوجد قالب كهذا."
    )
    static let certificateNotEarned = ProblemCode(
        "CERTIFICATE_NOT_EARNED",
        409,
        en: "Complete the course first: less is done than its certificate needs.",
        es: "Complete antes el curso: aún falta para obtener su certificado.",
        ar: "أكمل المقرر أولاً: لم يُنجَز ما تتطلبه شهادته."
    )
    static let certificateNotOffered = ProblemCode(
        "CERTIFICATE_NOT_OFFERED",
        409,
        en: "The certificates of this course are issued by its organization, not on request.",
        es: "La organización emite los certificados de este curso; no se emiten a petición.",
        ar: "تصدر المؤسسة شهادات هذا المقرر، ولا تُصدَر عند الطلب."
    )
    static let certificateExists = ProblemCode(
        "CERTIFICATE_EXISTS",
        409,
        en: "The enrollment has a certificate already; reissue or renew that.",
        es: "La inscripción ya tiene un certificado; vuelva a emitirlo o renuévelo.",
        ar: "للتسجيل شهادة بالفعل؛ أعد إصدارها أو جدّدها."
    )
    static let certificateNotCurrent = ProblemCode(
        "CERTIFICATE_NOT_CURRENT",
        409,
        en: "This cannot be done with a certificate in this state.",
        es: "Esto no puede hacerse con un certificado en este estado.",
        ar: "لا يمكن فعل ذلك بشهادة في هذه الحالة."
    )
    static let certificateNotReady = ProblemCode(
        "CERTIFICATE_NOT_READY",
        409,
        en: "The certificate is being prepared; try again in a moment.",
        es: "El certificado se está preparando; inténtelo de nuevo en un momento.",
        ar: "يجري إعداد الشهادة؛ أعد المحاولة بعد قليل."
    )
    static let certificateRevoked = ProblemCode(
        "CERTIFICATE_REVOKED",
        410,
        en: "The certificate was revoked.",
        es: "El certificado fue revocado.",
        ar: "أُلغيت الشهادة."
    )
    static let certificateTemplateNameTaken = ProblemCode(
        "CERTIFICATE_TEMPLATE_NAME_TAKEN",
        409,
        en: "Another template has this name.",
        es: "Otra plantilla tiene ese nombre.",
        ar: "قالب آخر يحمل هذا الاسم."
    )
    static let certificateTemplateInUse = ProblemCode(
        "CERTIFICATE_TEMPLATE_IN_USE",
        409,
        en: "Courses use this template; give them another one first.",
        es: "Hay cursos que usan esta plantilla; asígneles antes otra.",
        ar: "تستخدم مقررات هذا القالب؛ اختر لها قالباً آخر أولاً."
    )
    static let certificatePlaceholderUnknown = ProblemCode(
        "CERTIFICATE_PLACEHOLDER_UNKNOWN",
        422,
        en:
            "Presentation, statement and detail take {learner}, {course}, {organization}, {date}, {number}, {percentage} and {grade}; no other braces.",
        es:
            "La presentación, la frase y el detalle admiten {learner}, {course}, {organization}, {date}, {number}, {percentage} y {grade}; ninguna otra llave.",
        ar:
            "تقبل المقدمة والعبارة والتفصيل {learner} و{course} و{organization} و{date} و{number} و{percentage} و{grade} ولا تقبل أقواساً أخرى."
    )
    static let certificateTextRefused = ProblemCode(
        "CERTIFICATE_TEXT_REFUSED",
        422,
        en: "This text is too long, or nothing of it can be drawn; give words in one language at least.",
        es: "Este texto es demasiado largo o no tiene nada que dibujar; indique textos en al menos un idioma.",
        ar: "هذا النص طويل جداً أو لا يمكن رسم شيء منه؛ اكتب نصوصاً بلغة واحدة على الأقل."
    )
    static let certificateImageRefused = ProblemCode(
        "CERTIFICATE_IMAGE_REFUSED",
        422,
        en: "Send a PNG image as base 64, of 512 KiB and 2048 pixels on a side at most.",
        es: "Envíe una imagen PNG en base 64, de 512 KiB y 2048 píxeles por lado como máximo.",
        ar: "أرسل صورة PNG بترميز base 64 لا تتجاوز 512 كيبيبايت و2048 بكسل لكل ضلع."
    )
    static let certificatesNotBuilt = ProblemCode(
        "CERTIFICATES_NOT_BUILT",
        501,
        en: "This server draws no certificates; check them by their numbers.",
        es: "Este servidor no dibuja certificados; compruébelos por su número.",
        ar: "لا يرسم هذا الخادم شهادات؛ تحقق منها بأرقامها."
    )
    static let badgesNotBuilt = ProblemCode(
        "BADGES_NOT_BUILT",
        501,
        en: "This server signs no badges.",
        es: "Este servidor no firma insignias.",
        ar: "لا يوقّع هذا الخادم شارات."
    )
}
