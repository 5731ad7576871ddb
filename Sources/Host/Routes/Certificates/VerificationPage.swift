// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What a certificate is worth, as a page without script, style and anything that is loaded.
///
/// What the visitor typed is never repeated; names and titles are text, whatever they hold.
struct VerificationPage {
    let html: String

    /// Nothing is loaded, nothing is sent, and no other page frames it.
    static let policy = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

    /// Writes the page.
    ///
    /// - Parameters:
    ///   - certificate: What was found; `nil` for nothing.
    ///   - context: Who asks, where and in which language.
    init(_ certificate: CheckedCertificate?, _ context: RequestContext) {
        let (language, organization) = (context.language, context.tenant.name.escaped)
        let words = VerificationWords(language)
        let direction = language == .arabic ? "rtl" : "ltr"
        let body = certificate.map { Self.found($0, words, organization) } ?? "<p role=\"status\">\(words.notFound)</p>"
        html = """
            <!doctype html>
            <html lang="\(language.rawValue)" dir="\(direction)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
            <title>\(words.title) – \(organization)</title></head>
            <body><main><h1>\(words.title)</h1>\(body)</main></body>
            </html>

            """
    }

    private static func found(
        _ certificate: CheckedCertificate,
        _ words: VerificationWords,
        _ organization: String
    ) -> String {
        var rows: [(String, String)] = [
            (words.learner, "<bdi>\(certificate.learnerName.escaped)</bdi>"),
            (words.course, "<bdi>\(certificate.courseTitle.escaped)</bdi>"),
            (words.organization, "<bdi>\(organization)</bdi>"),
        ]
        if let grade = certificate.grade { rows.append((words.grade, "<bdi>\(grade.description.escaped)</bdi>")) }
        if let completedAt = certificate.completedAt { rows.append((words.completed, completedAt.markedUp)) }
        rows.append((words.issued, certificate.issuedAt.markedUp))
        if let expiresAt = certificate.expiresAt { rows.append((words.expires, expiresAt.markedUp)) }
        if let supersededAt = certificate.supersededAt { rows.append((words.superseded, supersededAt.markedUp)) }
        if let revokedAt = certificate.revokedAt { rows.append((words.revoked, revokedAt.markedUp)) }
        if let reason = certificate.revocationReason { rows.append((words.reason, words.text(of: reason))) }
        rows.append((words.number, "<bdi dir=\"ltr\">\(certificate.number)</bdi>"))
        let list = rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined()
        return "<p role=\"status\"><strong>\(words.text(of: certificate.status))</strong></p><dl>\(list)</dl>"
    }
}

/// The words of the page.
struct VerificationWords {
    let title: String
    let notFound: String
    let learner: String
    let course: String
    let organization: String
    let grade: String
    let completed: String
    let issued: String
    let expires: String
    let superseded: String
    let revoked: String
    let reason: String
    let number: String
    private let statuses: [Certificate.Status: String]
    private let reasons: [Certificate.Revocation.Reason: String]

    init(_ language: Language) {
        switch language {
        case .english:
            title = "Certificate check"
            notFound = "There is no certificate with this number here. Check the number and the address."
            (learner, course, organization) = ("Name", "Course", "Organization")
            grade = "Final grade"
            (completed, issued, expires) = ("Completed on", "Issued on", "Valid until")
            (superseded, revoked, reason) = ("Replaced on", "Revoked on", "Reason")
            number = "Number"
            statuses = [
                .valid: "This certificate is valid.", .expired: "This certificate has expired.",
                .superseded: "This certificate was replaced by another one.",
                .revoked: "This certificate was revoked and is not valid.",
            ]
            reasons = [
                .issuedInError: "It was issued in error.", .requirementsNotMet: "The requirements were not met.",
                .misconduct: "Misconduct.", .refunded: "The course was refunded.",
                .requested: "At the learner's request.", .other: "Another reason.",
            ]
        case .spanish:
            title = "Comprobación de certificado"
            notFound = "No existe aquí ningún certificado con este número. Revise el número y la dirección."
            (learner, course, organization) = ("Nombre", "Curso", "Organización")
            grade = "Calificación final"
            (completed, issued, expires) = ("Finalizado el", "Emitido el", "Válido hasta")
            (superseded, revoked, reason) = ("Sustituido el", "Revocado el", "Motivo")
            number = "Número"
            statuses = [
                .valid: "Este certificado es válido.", .expired: "Este certificado ha caducado.",
                .superseded: "Este certificado fue sustituido por otro.",
                .revoked: "Este certificado fue revocado y no es válido.",
            ]
            reasons = [
                .issuedInError: "Se emitió por error.", .requirementsNotMet: "No se cumplían los requisitos.",
                .misconduct: "Conducta indebida.", .refunded: "Se reembolsó el curso.",
                .requested: "A petición del alumno.", .other: "Otro motivo.",
            ]
        case .arabic:
            title = "التحقق من شهادة"
            notFound = "لا توجد هنا شهادة بهذا الرقم. تحقّق من الرقم والعنوان."
            (learner, course, organization) = ("الاسم", "المقرر", "المؤسسة")
            grade = "الدرجة النهائية"
            (completed, issued, expires) = ("أُكمل في", "صدرت في", "صالحة حتى")
            (superseded, revoked, reason) = ("استُبدلت في", "أُلغيت في", "السبب")
            number = "الرقم"
            statuses = [
                .valid: "هذه الشهادة صالحة.", .expired: "انتهت صلاحية هذه الشهادة.",
                .superseded: "استُبدلت هذه الشهادة بأخرى.", .revoked: "أُلغيت هذه الشهادة وهي غير صالحة.",
            ]
            reasons = [
                .issuedInError: "صدرت بالخطأ.", .requirementsNotMet: "لم تُستوفَ المتطلبات.",
                .misconduct: "سلوك غير لائق.", .refunded: "أُعيد ثمن المقرر.", .requested: "بطلب من المتعلم.",
                .other: "سبب آخر.",
            ]
        }
    }

    func text(of status: Certificate.Status) -> String { statuses[status] ?? status.rawValue }
    func text(of reason: Certificate.Revocation.Reason) -> String { reasons[reason] ?? reason.rawValue }
}

extension Date {
    /// The day, as HTML that every language reads alike.
    fileprivate var markedUp: String {
        let day = iso8601Milliseconds.prefix(10)
        return "<time datetime=\"\(day)\" dir=\"ltr\">\(day)</time>"
    }
}
