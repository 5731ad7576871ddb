// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/certificates/{certificateId}`.
struct CertificatePath: PathParameters {
    let certificateId: Certificate.ID

    init(fields: inout FieldReader) {
        certificateId = fields.required("certificateId", .id())
    }
}

/// `…/verify/{certificateNumber}`.
struct CertificateNumberPath: PathParameters {
    let certificateNumber: String

    init(fields: inout FieldReader) {
        certificateNumber = fields.required("certificateNumber", .text(1...64, example: "7ZK3-9QXM-04TB-HW6D-P"))
    }
}

/// `/certificates/status-lists/{listNumber}`.
struct StatusListPath: PathParameters {
    let listNumber: Int

    init(fields: inout FieldReader) {
        listNumber = fields.required("listNumber", .integer(0...1_000_000))
    }
}

/// The query of a list of certificates.
struct CertificateListQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// The query of all certificates of the tenant.
struct TenantCertificateListQuery: QueryParameters {
    let user: User.ID?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        user = fields.optional("userId", .id())
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/certificates`.
struct CertificateAwardRequest: RequestBody {
    let enrollment: Enrollment.ID
    let reason: String

    init(fields: inout FieldReader) {
        enrollment = fields.required("enrollmentId", .id())
        reason = fields.required("reason", .certificateReason)
    }
}

/// `POST /api/v1/certificates/{certificateId}/reissue`.
struct CertificateReissueRequest: RequestBody {
    let reason: String

    init(fields: inout FieldReader) {
        reason = fields.required("reason", .certificateReason)
    }
}

/// `POST /api/v1/certificates/{certificateId}/revoke`.
struct CertificateRevocationRequest: RequestBody {
    let reason: Certificate.Revocation.Reason
    let note: String

    init(fields: inout FieldReader) {
        reason = fields.required("reason", .choice(Certificate.Revocation.Reason.other))
        note = fields.required("note", .certificateReason)
    }
}

/// `PUT /api/v1/courses/{courseId}/certificate-rule`.
struct CertificateRuleRequest: RequestBody {
    let rule: CertificateRule

    init(fields: inout FieldReader) {
        rule = CertificateRule(
            issuance: fields.required("issuance", .choice(CertificateRule.Issuance.automatic)),
            template: fields.optional("certificateTemplateId", .id()),
            minimumPercentage: fields.optional("minimumPercentage", .integer(0...100), default: 0),
            validityInMonths: fields.optional("validityMonths", .integer(1...240)),
            language: fields.optional("language", .choice(Language.english)),
            gradeShown: fields.optional(
                "gradeShown",
                .choice(CertificateRule.GradeShown.certificate),
                default: .nowhere
            )
        )
    }
}

/// `/certificate-templates/{certificateTemplateId}`.
struct CertificateTemplatePath: PathParameters {
    let certificateTemplateId: CertificateTemplate.ID

    init(fields: inout FieldReader) {
        certificateTemplateId = fields.required("certificateTemplateId", .id())
    }
}

/// `/certificate-templates/{certificateTemplateId}/images/{place}`.
struct CertificateImagePath: PathParameters {
    let certificateTemplateId: CertificateTemplate.ID
    let place: CertificateSheet.Picture

    init(fields: inout FieldReader) {
        certificateTemplateId = fields.required("certificateTemplateId", .id())
        place = fields.required("place", .choice(CertificateSheet.Picture.logo))
    }
}

/// In which language a template is looked at.
struct CertificatePreviewQuery: QueryParameters {
    let language: Language?

    init(fields: inout FieldReader) {
        language = fields.optional("language", .choice(Language.english))
    }
}

/// An image as JSON.
struct CertificateImageRequest: RequestBody {
    /// `nil` if it is no base 64.
    let png: [UInt8]?

    init(fields: inout FieldReader) {
        let text = fields.required("png", .text(4...700_000, format: "byte", example: Self.pixel))
        png = Data(base64Encoded: text).map(Array.init)
    }

    /// An image of one pixel.
    static let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
}

/// A template, new or in place of what it was.
struct CertificateTemplateRequest: RequestBody {
    let design: CertificateDesign

    init(fields: inout FieldReader) {
        let standard = CertificatePalette()
        let name = fields.required("name", .text(1...100, example: "With our logo"))
        let layout = fields.optional("layout", .choice(CertificateSheet.Layout.classic), default: .classic)
        let paper = CertificateSheet.Paper(
            fields.optional("paper", .choice(CertificateSheet.Paper.Size.a4), default: .a4),
            fields.optional("orientation", .choice(CertificateSheet.Paper.Orientation.landscape), default: .landscape)
        )
        let palette = CertificatePalette(
            ink: fields.optional("ink", .certificateColor, default: standard.ink),
            accent: fields.optional("accent", .certificateColor, default: standard.accent),
            ground: fields.optional("ground", .certificateColor, default: standard.ground)
        )
        let texts = fields.required("texts", .object(CertificateTextsRequest.self)).texts
        design = CertificateDesign(name: name, layout: layout, paper: paper, palette: palette, texts: texts)
    }
}

/// What certificates say, by language.
struct CertificateTextsRequest: FieldStructure {
    let texts: [Language: CertificateWording]

    init(fields: inout FieldReader) {
        var texts: [Language: CertificateWording] = [:]
        texts[.english] = fields.optional("en", .object(CertificateWordingRequest.self))?.wording
        texts[.spanish] = fields.optional("es", .object(CertificateWordingRequest.self))?.wording
        texts[.arabic] = fields.optional("ar", .object(CertificateWordingRequest.self))?.wording
        self.texts = texts
    }
}

/// What certificates say in one language.
struct CertificateWordingRequest: FieldStructure {
    let wording: CertificateWording

    init(fields: inout FieldReader) {
        wording = CertificateWording(
            heading: fields.required("heading", .text(1...120, example: "Certificate of Completion")),
            presentation: fields.optional("presentation", .text(1...120, example: "This certifies that")),
            statement: fields.optional("statement", .text(1...200, example: "has completed the course")),
            detail: fields.optional("detail", .text(1...200, example: "with {percentage} of its lessons")),
            signer: fields.optional("signer", .text(1...120)),
            signerTitle: fields.optional("signerTitle", .text(1...120))
        )
    }
}

extension FieldRule where Self == TextRule {
    /// Why something is done by hand.
    fileprivate static var certificateReason: TextRule {
        .multilineText(1...500, example: "Passed the examination on site.")
    }
}

extension FieldRule where Self == ParsedRule<CertificateColor> {
    /// `#` and six hexadecimal digits.
    fileprivate static var certificateColor: ParsedRule<CertificateColor> {
        .parsed(
            format: "color",
            7...7,
            example: "#1f4e79",
            placeholder: CertificateColor(red: 0, green: 0, blue: 0)
        ) { text in
            do {
                return try CertificateColor(hex: text)
            } catch {
                return nil
            }
        }
    }
}
