// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension MediaError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound, .store(.missing): Problem(.mediaNotFound)
        case .lessonNotFound: Problem(.lessonNotFound)
        case .fileNotFound: Problem(.fileNotFound)
        case .forbidden: Problem(.forbidden)
        case .enrollmentNeeded: Problem(.enrollmentNeeded)
        case .paymentNeeded: Problem(.paymentNeeded)
        case .notYetAvailable(let instant): .notYetAvailable(until: instant)
        case .alreadyMade: Problem(.mediaExists)
        case .tooMany(let limit):
            Problem(.tooManyEntries).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .noRoom: Problem(.storageFull)
        case .notReady: Problem(.mediaNotReady)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidCaptions(let line):
            Problem(.captionsRefused).detailed(
                en: "Line \(line).",
                es: "Línea \(line).",
                ar: "السطر \(line)."
            )
        case .notBuilt: Problem(.mediaNotBuilt)
        case .invalid: Problem(.validationFailed)
        case .store(.busy), .store(.unavailable), .store(.changed): Problem(.unavailable)
        case .store(.damaged), .store(.interrupted), .store(.incomplete), .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }

    /// What reading a medium may be answered with.
    static let readingProblems: [ProblemCode] = [.mediaNotFound, .enrollmentNeeded, .paymentNeeded, .notYetAvailable]
    /// What playing a medium may be answered with.
    static let playingProblems: [ProblemCode] = readingProblems + [.playbackExpired]
}

extension ProblemCode {
    static let mediaNotFound = ProblemCode(
        "MEDIA_NOT_FOUND",
        404,
        en: "There is no such medium.",
        es: "No existe ese contenido.",
        ar: "لا توجد مادة كهذه."
    )
    static let mediaExists = ProblemCode(
        "MEDIA_EXISTS",
        409,
        en: "The lesson has a medium of this file already.",
        es: "La lección ya tiene un contenido de ese archivo.",
        ar: "للدرس مادة من هذا الملف بالفعل."
    )
    static let mediaNotReady = ProblemCode(
        "MEDIA_NOT_READY",
        409,
        en: "The medium was not made yet; try again when it can be played.",
        es: "El contenido aún no está listo; inténtelo cuando pueda reproducirse.",
        ar: "لم تُجهَّز المادة بعد؛ أعد المحاولة عندما يمكن تشغيلها."
    )
    static let captionsRefused = ProblemCode(
        "CAPTIONS_REFUSED",
        422,
        en: "Send captions as WebVTT: cues in the order of their start, at most 10,000 and 512 KiB.",
        es: "Envíe los subtítulos como WebVTT: en el orden en que comienzan, 10 000 y 512 KiB como máximo.",
        ar: "أرسل الترجمة بصيغة WebVTT: مرتبة حسب بدايتها، 10000 مقطع و512 كيبيبايت كحد أقصى."
    )
    static let mediaNotBuilt = ProblemCode(
        "MEDIA_NOT_BUILT",
        501,
        en: "This server makes no media: its operator has to install ffmpeg.",
        es: "Este servidor no prepara contenidos: su operador debe instalar ffmpeg.",
        ar: "لا يجهّز هذا الخادم مواد: على مشغّله تثبيت ffmpeg."
    )
    static let playbackExpired = ProblemCode(
        "PLAYBACK_EXPIRED",
        401,
        en: "The playback token is over: get another one by POST …/playback.",
        es: "El token de reproducción ha caducado: obtenga otro con POST …/playback.",
        ar: "انتهت صلاحية رمز التشغيل: احصل على آخر من POST …/playback."
    )
}
