// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// All that is drawn on one certificate, checked: no text is too long, no image too large, and nothing is fetched from elsewhere.
public struct CertificateSheet: Sendable, Hashable {
    /// The paper and how it lies.
    public let paper: Paper
    /// How the parts are arranged.
    public let layout: Layout
    /// The colors.
    public let palette: CertificatePalette
    /// The language of the words (RFC 5646), such as `ar` or `pt-BR`.
    public let language: String
    /// Where lines begin.
    public let direction: Direction
    /// The texts, cleaned by `CertificateText`; those that are absent are not drawn.
    public let texts: [Field: String]
    /// What the QR code holds: where the certificate is checked.
    public let verification: String
    /// The images; those that are absent are not drawn.
    public let pictures: [Picture: CertificateImage]
    /// Files that travel inside the PDF.
    public let attachments: [CertificateAttachment]
    /// When the file says that it was made, in UTC to the second.
    public let date: Date

    /// Checks and keeps what is to be drawn.
    ///
    /// - Parameters:
    ///   - paper: The paper.
    ///   - layout: How the parts are arranged.
    ///   - palette: The colors.
    ///   - language: The language of the words (RFC 5646), 2 through 35 ASCII letters, digits and hyphens.
    ///   - direction: Where lines begin; as the language is written if it is `nil`.
    ///   - texts: The texts. `heading`, `learner`, `course`, `number` and `issuer` must be there; empty ones count as absent.
    ///   - verification: An `http` or `https` address in ASCII, 300 bytes at most.
    ///   - pictures: The images.
    ///   - attachments: Files for the PDF: 4 at most, of different names, 1 MiB together.
    ///   - date: When the file says that it was made.
    /// - Throws: `CertificateSheetError` that names what is wrong.
    public init(
        paper: Paper = Paper(),
        layout: Layout = .classic,
        palette: CertificatePalette = CertificatePalette(),
        language: String,
        direction: Direction? = nil,
        texts: [Field: String],
        verification: String,
        pictures: [Picture: CertificateImage] = [:],
        attachments: [CertificateAttachment] = [],
        date: Date
    ) throws(CertificateSheetError) {
        guard CertificateText.isLanguageTag(language) else { throw .invalidLanguage }
        guard CertificateText.isAddress(verification) else { throw .invalidVerification }
        var cleaned: [Field: String] = [:]
        for (field, text) in texts {
            let text = CertificateText.cleaned(text)
            guard text.unicodeScalars.count <= field.limit else { throw .tooLong(field, limit: field.limit) }
            if !text.isEmpty { cleaned[field] = text }
        }
        for field in Field.allCases where field.isRequired && cleaned[field] == nil { throw .missing(field) }
        guard attachments.count <= Self.attachmentLimit,
            attachments.reduce(0, { $0 + $1.bytes.count }) <= Self.attachedBytesLimit,
            Set(attachments.map(\.name)).count == attachments.count
        else { throw .invalidAttachments }
        self.paper = paper
        self.layout = layout
        self.palette = palette
        self.language = language
        self.direction = direction ?? Direction(of: language)
        self.texts = cleaned
        self.verification = verification
        self.pictures = pictures
        self.attachments = attachments
        self.date = date
    }

    /// The most attachments.
    public static let attachmentLimit = 4
    /// The most bytes of all attachments together.
    public static let attachedBytesLimit = 1 << 20
}

extension CertificateSheet {
    /// A text's place on a certificate, from top to bottom.
    public enum Field: String, Sendable, Hashable, CaseIterable {
        /// Who issues it: the organization.
        case issuer
        /// The title, such as "Certificate of Completion".
        case heading
        /// What comes before the learner's name, such as "This certifies that".
        case presentation
        /// The learner's name.
        case learner
        /// What comes between name and course, such as "has completed the course".
        case statement
        /// The course's title.
        case course
        /// What comes after the course, such as a grade or hours.
        case detail
        /// The day of issue, in words of the language.
        case date
        /// What stands below the day, such as "Date of issue".
        case dateCaption
        /// The last day on which it is valid, in words of the language.
        case expiry
        /// What stands below that day, such as "Valid until".
        case expiryCaption
        /// Who signs.
        case signer
        /// The office of who signs.
        case signerTitle
        /// The certificate's number.
        case number
        /// What stands before the number, such as "Certificate number".
        case numberCaption
        /// What stands beside the QR code, such as "Check this certificate".
        case verificationCaption

        /// The most Unicode scalars, after cleaning.
        public var limit: Int {
            switch self {
            case .course: 255
            case .issuer, .learner, .statement, .detail: 200
            case .heading, .presentation, .signer, .signerTitle: 120
            case .date, .dateCaption, .expiry, .expiryCaption, .number, .numberCaption, .verificationCaption: 60
            }
        }

        /// Whether a certificate is none without it.
        public var isRequired: Bool {
            switch self {
            case .issuer, .heading, .learner, .course, .number: true
            default: false
            }
        }
    }

    /// An image's place on a certificate.
    public enum Picture: String, Sendable, Hashable, CaseIterable {
        /// The organization's logo.
        case logo
        /// The signature.
        case signature
    }

    /// How the parts are arranged.
    public enum Layout: String, Sendable, Hashable, CaseIterable {
        /// Centered in a double frame, with serifs.
        case classic
        /// From the side where lines begin, beside a band of color, without serifs.
        case modern
        /// Centered without ornaments, without serifs.
        case plain
    }

    /// Where lines begin.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// As in English.
        case leftToRight = "ltr"
        /// As in Arabic.
        case rightToLeft = "rtl"

        /// The direction in which a language is written, by its script or else by itself.
        ///
        /// - Parameter language: A language tag (RFC 5646).
        public init(of language: String) {
            let parts = language.lowercased().split(separator: "-")
            let scripts: Set<Substring> = ["arab", "hebr", "thaa", "syrc", "nkoo", "adlm", "rohg"]
            let languages: Set<Substring> = [
                "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
            ]
            if let script = parts.dropFirst().first(where: { $0.count == 4 && $0.allSatisfy(\.isLetter) }) {
                self = scripts.contains(script) ? .rightToLeft : .leftToRight
            } else {
                self = languages.contains(parts.first ?? "") ? .rightToLeft : .leftToRight
            }
        }
    }

    /// The paper and how it lies.
    public struct Paper: Sendable, Hashable {
        /// Its size.
        public let size: Size
        /// How it lies.
        public let orientation: Orientation

        /// Chooses paper.
        ///
        /// - Parameters:
        ///   - size: Its size.
        ///   - orientation: How it lies.
        public init(_ size: Size = .a4, _ orientation: Orientation = .landscape) {
            self.size = size
            self.orientation = orientation
        }

        /// A size of paper.
        public enum Size: String, Sendable, Hashable, CaseIterable {
            /// 210 mm × 297 mm (ISO 216).
            case a4
            /// 8.5 in × 11 in.
            case letter
        }

        /// How paper lies.
        public enum Orientation: String, Sendable, Hashable, CaseIterable {
            /// Wider than high.
            case landscape
            /// Higher than wide.
            case portrait
        }

        /// The width in points of 1/72 inch.
        public var width: Double { orientation == .landscape ? sides.long : sides.short }
        /// The height in points of 1/72 inch.
        public var height: Double { orientation == .landscape ? sides.short : sides.long }

        private var sides: (short: Double, long: Double) {
            switch size {
            case .a4: (595.276, 841.89)
            case .letter: (612, 792)
            }
        }
    }
}

/// Why something cannot be put on a certificate.
@nonexhaustive
public enum CertificateSheetError: Error, Sendable, Hashable {
    /// A text that must be there is absent, or holds nothing that can be drawn.
    case missing(CertificateSheet.Field)
    /// A text has too many Unicode scalars.
    case tooLong(CertificateSheet.Field, limit: Int)
    /// It is no language tag.
    case invalidLanguage
    /// It is no address that a QR code can send people to.
    case invalidVerification
    /// There are too many, they are too large, or two have the same name.
    case invalidAttachments
    /// It is no PNG image.
    case notPNG
    /// The image has too many bytes.
    case tooManyBytes(limit: Int)
    /// The image has too many pixels on a side.
    case tooManyPixels(limit: Int)
    /// It is not `#` and six hexadecimal digits.
    case invalidColor
    /// A file's name, media type or content cannot be attached.
    case invalidAttachment
}
