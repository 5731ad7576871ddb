// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a certificate says in one language, besides names, dates and numbers.
///
/// In `presentation`, `statement` and `detail`, `{learner}`, `{course}`, `{organization}`, `{date}`, `{number}`,
/// `{percentage}` and `{grade}` stand for what the certificate is of. A brace by itself is refused.
public struct CertificateWording: Sendable, Hashable {
    /// The title, 1–120 characters.
    public var heading: String
    /// What comes before the learner's name, 120 characters at most.
    public var presentation: String?
    /// What comes between the learner's name and the course, 200 characters at most.
    public var statement: String?
    /// What comes after the course, 200 characters at most.
    public var detail: String?
    /// Who signs, 120 characters at most.
    public var signer: String?
    /// The office of who signs, 120 characters at most.
    public var signerTitle: String?

    /// Chooses words.
    ///
    /// - Parameters:
    ///   - heading: The title.
    ///   - presentation: What comes before the learner's name.
    ///   - statement: What comes between the learner's name and the course.
    ///   - detail: What comes after the course.
    ///   - signer: Who signs.
    ///   - signerTitle: The office of who signs.
    public init(
        heading: String,
        presentation: String? = nil,
        statement: String? = nil,
        detail: String? = nil,
        signer: String? = nil,
        signerTitle: String? = nil
    ) {
        self.heading = heading
        self.presentation = presentation
        self.statement = statement
        self.detail = detail
        self.signer = signer
        self.signerTitle = signerTitle
    }
}

extension CertificateWording {
    /// What stands in braces.
    enum Placeholder: String, CaseIterable {
        case learner, course, organization, date, number, percentage, grade
    }

    /// The texts by their names and places.
    var parts: [(name: String, field: CertificateSheet.Field, text: String?, isFilled: Bool)] {
        [
            ("heading", .heading, heading, false), ("presentation", .presentation, presentation, true),
            ("statement", .statement, statement, true), ("detail", .detail, detail, true),
            ("signer", .signer, signer, false), ("signerTitle", .signerTitle, signerTitle, false),
        ]
    }

    /// Whether one of the texts says the grade.
    var saysGrade: Bool {
        parts.contains { part in
            guard part.isFilled, let pieces = part.text.flatMap(Piece.all(of:)) else { return false }
            return pieces.contains { if case .placeholder(.grade) = $0 { true } else { false } }
        }
    }

    /// Refuses what cannot be drawn, and braces that stand for nothing.
    func check(in language: Language) throws(CertificateError) {
        for part in parts {
            guard let text = part.text else { continue }
            let name = "texts.\(language.rawValue).\(part.name)"
            let cleaned = CertificateText.cleaned(text)
            guard !cleaned.isEmpty, cleaned.unicodeScalars.count <= part.field.limit else {
                throw .invalidText(field: name)
            }
            guard part.isFilled, let pieces = Piece.all(of: text) else {
                if text.contains("{") || text.contains("}") { throw .unknownPlaceholder(field: name) }
                continue
            }
            for case .unknown in pieces { throw .unknownPlaceholder(field: name) }
        }
    }

    /// A text with values in the places of what stands in braces.
    ///
    /// It is read once, from left to right: what a value holds is never looked at, so that nobody's name can stand for
    /// something else.
    static func filled(_ text: String, with values: [Placeholder: String]) -> String {
        guard let pieces = Piece.all(of: text) else { return text }
        return pieces.reduce(into: "") { filled, piece in
            switch piece {
            case .literal(let words): filled += words
            case .placeholder(let placeholder): filled += values[placeholder] ?? ""
            case .unknown: break
            }
        }
    }

    private enum Piece {
        case literal(String)
        case placeholder(Placeholder)
        case unknown

        /// `nil` if a brace stands by itself.
        static func all(of text: String) -> [Piece]? {
            var pieces: [Piece] = []
            var rest = text[...]
            while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
                guard rest[open] == "{" else { return nil }
                let inner = rest[rest.index(after: open)...]
                guard let close = inner.firstIndex(where: { $0 == "{" || $0 == "}" }), inner[close] == "}" else {
                    return nil
                }
                pieces.append(.literal(String(rest[..<open])))
                pieces.append(Placeholder(rawValue: String(inner[..<close])).map(Piece.placeholder) ?? .unknown)
                rest = inner[inner.index(after: close)...]
            }
            return pieces + [.literal(String(rest))]
        }
    }
}

extension CertificateWording: JSONWritable {
    /// Writes the texts that are there.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            for part in parts {
                if let text = part.text { object.field(named: part.name, text) }
            }
        }
    }

    init?(stored json: JSONValue) {
        guard let heading = json["heading"]?.text else { return nil }
        self.init(
            heading: heading,
            presentation: json["presentation"]?.text,
            statement: json["statement"]?.text,
            detail: json["detail"]?.text,
            signer: json["signer"]?.text,
            signerTitle: json["signerTitle"]?.text
        )
    }
}

extension Language {
    /// What certificates say where no template says otherwise.
    var certificateWording: CertificateWording {
        switch self {
        case .english:
            CertificateWording(
                heading: "Certificate of Completion",
                presentation: "This certifies that",
                statement: "has completed the course"
            )
        case .spanish:
            CertificateWording(
                heading: "Certificado de finalización",
                presentation: "Se certifica que",
                statement: "ha completado el curso"
            )
        case .arabic:
            CertificateWording(heading: "شهادة إتمام", presentation: "تشهد هذه الوثيقة بأن", statement: "قد أتمّ المقرر")
        }
    }

    /// What stands below dates and numbers.
    var certificateCaptions: [CertificateSheet.Field: String] {
        switch self {
        case .english:
            [
                .dateCaption: "Date of issue", .expiryCaption: "Valid until", .numberCaption: "Certificate number",
                .verificationCaption: "Check this certificate",
            ]
        case .spanish:
            [
                .dateCaption: "Fecha de emisión", .expiryCaption: "Válido hasta",
                .numberCaption: "Número de certificado", .verificationCaption: "Compruebe este certificado",
            ]
        case .arabic:
            [
                .dateCaption: "تاريخ الإصدار", .expiryCaption: "صالحة حتى", .numberCaption: "رقم الشهادة",
                .verificationCaption: "تحقّق من هذه الشهادة",
            ]
        }
    }

    /// What stands before a grade where no template has a place for it.
    var certificateGrade: String {
        switch self {
        case .english: "Final grade"
        case .spanish: "Calificación final"
        case .arabic: "الدرجة النهائية"
        }
    }
}
