// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Certificate {
    /// What is drawn of it.
    ///
    /// - Parameters:
    ///   - design: How it looks and what it says.
    ///   - pictures: The images.
    ///   - tenant: Who issues it.
    ///   - verification: Where it is checked.
    ///   - attachments: What travels inside the file.
    /// - Returns: The sheet.
    /// - Throws: `CertificateSheetError` if nothing of a name can be drawn.
    func sheet(
        _ design: CertificateDesign,
        _ pictures: [CertificateSheet.Picture: CertificateImage],
        at tenant: Tenant,
        verification: String,
        attachments: [CertificateAttachment] = []
    ) throws(CertificateSheetError) -> CertificateSheet {
        let tenantLanguage = Language(rawValue: tenant.settings.locale) ?? .english
        let language = design.language(nearest: self.language ?? tenantLanguage)
        let wording = design.texts[language] ?? language.certificateWording
        let date = issuedAt.day(in: language)
        let hundredths = percentageInHundredths % 100
        let percentage =
            "\(percentageInHundredths / 100)"
            + (hundredths == 0 ? "" : ".\(hundredths < 10 ? "0" : "")\(hundredths)") + " %"
        let values: [CertificateWording.Placeholder: String] = [
            .learner: learnerName, .course: courseTitle, .organization: tenant.name, .date: date,
            .number: number.description, .percentage: percentage, .grade: grade?.description ?? "",
        ]
        var texts = language.certificateCaptions
        for part in wording.parts {
            guard let text = part.text else { continue }
            texts[part.field] = part.isFilled ? CertificateWording.filled(text, with: values) : text
        }
        if let grade, !wording.saysGrade {
            let said = "\(language.certificateGrade): \(grade)"
            texts[.detail] = texts[.detail].map { "\($0) · \(said)" } ?? said
        }
        texts[.issuer] = tenant.name
        texts[.learner] = learnerName
        texts[.course] = courseTitle
        texts[.date] = date
        texts[.number] = number.description
        texts[.expiry] = expiresAt?.day(in: language)
        if expiresAt == nil { texts[.expiryCaption] = nil }
        for field in texts.keys { texts[field] = texts[field]?.fitting(field) }
        // A name that holds nothing that can be drawn does not keep its bearer from a certificate.
        for field in [CertificateSheet.Field.issuer, .learner, .course] where texts[field]?.isEmpty != false {
            texts[field] = "—"
        }
        return try CertificateSheet(
            paper: design.paper,
            layout: design.layout,
            palette: design.palette,
            language: language.rawValue,
            texts: texts,
            verification: verification,
            pictures: pictures,
            attachments: attachments,
            date: issuedAt
        )
    }
}

extension String {
    /// The text as it is drawn in a place, cut where it would be too long for it.
    fileprivate func fitting(_ field: CertificateSheet.Field) -> String {
        let cleaned = CertificateText.cleaned(self)
        guard cleaned.unicodeScalars.count > field.limit else { return cleaned }
        return String(String.UnicodeScalarView(cleaned.unicodeScalars.prefix(field.limit - 1))) + "…"
    }
}

extension Date {
    /// The day in words of a language, UTC.
    func day(in language: Language) -> String {
        let date = iso8601Milliseconds.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard date.count == 3, (1...12).contains(date[1]) else { return "" }
        let month = language.months[date[1] - 1]
        return switch language {
        case .english: "\(month) \(date[2]), \(date[0])"
        case .spanish: "\(date[2]) de \(month) de \(date[0])"
        case .arabic: "\(date[2]) \(month) \(date[0])"
        }
    }
}

extension Language {
    /// January through December.
    fileprivate var months: [String] {
        switch self {
        case .english:
            [
                "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December",
            ]
        case .spanish:
            [
                "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
                "noviembre", "diciembre",
            ]
        case .arabic:
            [
                "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر",
                "ديسمبر",
            ]
        }
    }
}

extension CertificateImage {
    /// The images of rows of a place and a PNG each.
    static func all(in rows: Rows) throws -> [CertificateSheet.Picture: CertificateImage] {
        var images: [CertificateSheet.Picture: CertificateImage] = [:]
        for row in rows {
            let (place, png): (CertificateSheet.Picture, Bytes) = (try row[0], try row[1])
            images[place] = try CertificateImage(png: png.array)
        }
        return images
    }
}
