// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension UploadError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.uploadNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .forbidden: Problem(.forbidden)
        case .expired: Problem(.uploadExpired)
        case .closed: Problem(.uploadClosed)
        case .busy: Problem(.uploadBusy).retrying(after: 15)
        case .offsetMismatch(let received):
            Problem(.uploadOffset).detailed(
                en: "Go on at \(received).",
                es: "Continúe en \(received).",
                ar: "تابع من \(received)."
            )
        case .unfinished: Problem(.uploadIncomplete)
        case .direct: Problem(.uploadDirect)
        case .directOff: Problem(.directUploadsOff)
        case .tooLargeForStorage: Problem(.directUploadTooLarge)
        case .tooMuch: Problem(.uploadTooLong)
        case .checksumMismatch: Problem(.uploadChecksum)
        case .tooLarge: Problem(.fileTooLarge)
        case .noRoom: Problem(.storageFull)
        case .tooMany: Problem(.tooManyUploads)
        case .typeNotAllowed: Problem(.fileTypeNotAllowed)
        case .invalid: Problem(.validationFailed)
        case .notBuilt: Problem(.uploadsNotBuilt)
        case .interrupted: Problem(.requestTimeout)
        case .scanner: .scannerUnavailable
        case .store(.damaged), .store(.incomplete), .store(.missing), .keys: Problem(.internalError)
        case .store: Problem(.unavailable)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let uploadNotFound = ProblemCode(
        "UPLOAD_NOT_FOUND",
        404,
        en: "There is no such upload.",
        es: "No existe esa carga.",
        ar: "لا توجد عملية رفع كهذه."
    )
    static let uploadExpired = ProblemCode(
        "UPLOAD_EXPIRED",
        410,
        en: "The upload was not gone on with for a day. Begin it again.",
        es: "La carga no continuó durante un día. Comiéncela de nuevo.",
        ar: "لم تُستأنف عملية الرفع لمدة يوم. ابدأها من جديد."
    )
    static let uploadClosed = ProblemCode(
        "UPLOAD_CLOSED",
        409,
        en: "All of the file was received already. Read the upload to see what became of it.",
        es: "El archivo ya se recibió por completo. Consulte la carga para ver su resultado.",
        ar: "تم استلام الملف بالكامل. اعرض عملية الرفع لمعرفة نتيجتها."
    )
    static let uploadBusy = ProblemCode(
        "UPLOAD_BUSY",
        423,
        en: "Another request works on the upload. Ask how much was received, and go on there.",
        es: "Otra solicitud trabaja en la carga. Pregunte cuánto se recibió y continúe ahí.",
        ar: "يعمل طلب آخر على عملية الرفع. اسأل عن المقدار المستلم وتابع من هناك."
    )
    static let uploadOffset = ProblemCode(
        "UPLOAD_OFFSET",
        409,
        en: "The upload goes on elsewhere.",
        es: "La carga continúa en otro punto.",
        ar: "تُستأنف عملية الرفع من موضع آخر."
    )
    static let uploadIncomplete = ProblemCode(
        "UPLOAD_INCOMPLETE",
        409,
        en: "Not all of the file is there. Send it, and then complete the upload.",
        es: "El archivo aún no está completo. Envíelo y después complete la carga.",
        ar: "لم يصل الملف بالكامل بعد. أرسله ثم أكمل عملية الرفع."
    )
    static let uploadDirect = ProblemCode(
        "UPLOAD_DIRECT",
        409,
        en: "This file is sent to the store. Read the upload for the address, send it there, and complete the upload.",
        es: "Este archivo va al almacén. Consulte la carga para ver la dirección, envíelo allí y complete la carga.",
        ar: "يُرسل هذا الملف إلى المخزن. اعرض عملية الرفع لمعرفة العنوان، وأرسله إليه، ثم أكمل عملية الرفع."
    )
    static let directUploadsOff = ProblemCode(
        "DIRECT_UPLOADS_OFF",
        501,
        en: "This server takes no files at its store. Leave \"via\" out, and send the file in pieces.",
        es: "Este servidor no recibe archivos en su almacén. Omita «via» y envíe el archivo por partes.",
        ar: "لا يستقبل هذا الخادم ملفات في مخزنه. احذف الحقل via وأرسل الملف على أجزاء."
    )
    static let directUploadTooLarge = ProblemCode(
        "DIRECT_UPLOAD_TOO_LARGE",
        413,
        en: "The store takes at most 5 GiB in one request. Leave \"via\" out, and send the file in pieces.",
        es: "El almacén recibe como máximo 5 GiB por solicitud. Omita «via» y envíe el archivo por partes.",
        ar: "يستقبل المخزن 5 غيبيبايت على الأكثر في الطلب الواحد. احذف الحقل via وأرسل الملف على أجزاء."
    )
    static let uploadTooLong = ProblemCode(
        "UPLOAD_TOO_LONG",
        413,
        en: "More was sent than the file was announced to have.",
        es: "Se envió más de lo que se anunció para el archivo.",
        ar: "أُرسل أكثر من الحجم المعلن للملف."
    )
    static let uploadChecksum = ProblemCode(
        "UPLOAD_CHECKSUM",
        460,
        en: "The bytes are not those of the checksum. None of them was kept; send them again.",
        es: "Los bytes no corresponden a la suma de verificación. No se guardó ninguno; envíelos de nuevo.",
        ar: "لا تطابق البايتات المجموع الاختباري. لم يُحفظ أي منها؛ أرسلها من جديد."
    )
    static let uploadField = ProblemCode(
        "UPLOAD_FIELD",
        400,
        en: "Upload-Offset is a number of bytes; Upload-Checksum is sha256, a space and Base64.",
        es: "Upload-Offset es un número de bytes; Upload-Checksum es sha256, un espacio y Base64.",
        ar: "‏Upload-Offset عدد بايتات؛ وUpload-Checksum هو sha256 ثم مسافة ثم Base64."
    )
    static let tusVersion = ProblemCode(
        "TUS_VERSION",
        412,
        en: "This server speaks tus 1.0.0.",
        es: "Este servidor habla tus 1.0.0.",
        ar: "يستخدم هذا الخادم tus 1.0.0."
    )
    static let fileTypeNotAllowed = ProblemCode(
        "FILE_TYPE_NOT_ALLOWED",
        422,
        en: "Files with such a name are not taken for this use.",
        es: "No se aceptan archivos con ese nombre para este uso.",
        ar: "لا تُقبل ملفات بهذا الاسم لهذا الاستخدام."
    )
    static let fileTooLarge = ProblemCode(
        "FILE_TOO_LARGE",
        413,
        en:
            "The file is longer than files for this use may be. Make it smaller, or ask an administrator for the limit.",
        es: "El archivo es más largo de lo permitido para este uso. Redúzcalo o consulte el límite a un administrador.",
        ar: "الملف أطول مما يُسمح به لهذا الاستخدام. قلّل حجمه أو اسأل مسؤولًا عن الحد."
    )
    static let storageFull = ProblemCode(
        "STORAGE_FULL",
        507,
        en: "There is no room for the file. Delete files or uploads that are not needed, or ask the operator for more.",
        es: "No hay espacio para el archivo. Elimine archivos o cargas innecesarios o pida más al operador.",
        ar: "لا توجد مساحة للملف. احذف الملفات أو عمليات الرفع غير اللازمة، أو اطلب المزيد من المشغّل."
    )
    static let tooManyUploads = ProblemCode(
        "TOO_MANY_UPLOADS",
        409,
        en: "You have ten uploads that go on. Finish or delete one of them.",
        es: "Tiene diez cargas en curso. Termine o elimine una de ellas.",
        ar: "لديك عشر عمليات رفع جارية. أكمل إحداها أو احذفها."
    )
    static let uploadsNotBuilt = ProblemCode(
        "UPLOADS_NOT_BUILT",
        501,
        en: "This server cannot tell types of files, so it takes none.",
        es: "Este servidor no puede distinguir tipos de archivo, por lo que no acepta ninguno.",
        ar: "لا يستطيع هذا الخادم تمييز أنواع الملفات، لذلك لا يقبل أيًا منها."
    )
}
