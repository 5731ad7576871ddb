// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A certificate, as its learner and the course's staff see it.
struct CertificateBody: ResponseBody {
    let certificate: Certificate
    let status: Certificate.Status
    let verificationURL: String
    /// Whether what is kept for those who manage certificates is shown.
    let isForManagers: Bool

    init(_ certificate: Certificate, verificationURL: String, isForManagers: Bool, at instant: Date) {
        self.certificate = certificate
        status = certificate.status(at: instant)
        self.verificationURL = verificationURL
        self.isForManagers = isForManagers
    }

    static var example: CertificateBody { CertificateBody(.example(isFull: true), isForManagers: true) }
    static var variations: [CertificateBody] { [CertificateBody(.example(isFull: false), isForManagers: false)] }

    private init(_ certificate: Certificate, isForManagers: Bool) {
        self.init(
            certificate,
            verificationURL: "https://acme.example.org/verify/\(certificate.number)",
            isForManagers: isForManagers,
            at: certificate.issuedAt
        )
    }

    var etag: ETag { ETag(version: certificate.version, of: certificate.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", certificate.id)
            object.field("number", certificate.number.description)
            object.field("status", status.rawValue)
            object.field("userId", certificate.user)
            object.field("enrollmentId", certificate.enrollment)
            object.field("courseId", certificate.course)
            object.field("learnerName", certificate.learnerName)
            object.field("courseTitle", certificate.courseTitle)
            object.field("percentage", Double(certificate.percentageInHundredths) / 100)
            object.field("grade", certificate.grade?.percentage.json)
            object.field("gradeLetter", certificate.grade?.letter)
            object.field("cause", certificate.cause.rawValue)
            object.field("completedAt", certificate.completedAt)
            object.field("issuedAt", certificate.issuedAt)
            object.field("expiresAt", certificate.expiresAt)
            object.field("supersededAt", certificate.supersededAt)
            object.field("revokedAt", certificate.revocation?.at)
            object.field("revocationReason", certificate.revocation?.reason.rawValue)
            object.field("isPrepared", certificate.preparedAt != nil)
            object.field("verificationUrl", verificationURL)
            object.field("version", certificate.version)
            if isForManagers {
                object.field("reason", certificate.reason)
                object.field("revocationNote", certificate.revocation?.note)
            }
        }
    }
}

/// What everybody may know of a certificate whose number they were shown.
struct CheckedCertificateBody: ResponseBody {
    let certificate: CheckedCertificate
    let organization: String

    static var example: CheckedCertificateBody { CheckedCertificateBody(.example(isFull: true)) }
    static var variations: [CheckedCertificateBody] { [CheckedCertificateBody(.example(isFull: false))] }

    init(_ certificate: CheckedCertificate, organization: String) {
        self.certificate = certificate
        self.organization = organization
    }

    private init(_ certificate: Certificate) {
        self.init(CheckedCertificate(certificate, at: certificate.issuedAt), organization: "Acme Academy")
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("number", certificate.number.description)
            object.field("status", certificate.status.rawValue)
            object.field("isValid", certificate.status == .valid)
            object.field("organization", organization)
            object.field("learnerName", certificate.learnerName)
            object.field("courseTitle", certificate.courseTitle)
            if let grade = certificate.grade {
                object.field("grade", grade.percentage.json)
                object.field("gradeLetter", grade.letter)
            }
            object.field("completedAt", certificate.completedAt)
            object.field("issuedAt", certificate.issuedAt)
            object.field("expiresAt", certificate.expiresAt)
            object.field("supersededAt", certificate.supersededAt)
            object.field("revokedAt", certificate.revokedAt)
            object.field("revocationReason", certificate.revocationReason?.rawValue)
        }
    }
}

/// A badge with all that it takes to check it without asking anybody.
struct BadgeBundleBody: ResponseBody {
    let bundle: BadgeBundle
    let organization: String

    static var example: BadgeBundleBody {
        let certificate = Certificate.example(isFull: false)
        return BadgeBundleBody(
            bundle: BadgeBundle(
                certificate: CheckedCertificate(certificate, at: certificate.issuedAt),
                credential: "eyJhbGciOiJFZERTQSIs….eyJAY29udGV4dCI6….RzJdtXq…",
                issuer: .example,
                issuerURL: "https://example.org/issuers/01890a5d-ac96-774b-bcce-b302099a8057/did.json",
                statusListURL: "https://example.org/issuers/01890a5d-ac96-774b-bcce-b302099a8057/status-lists/0",
                statusList: "eyJhbGciOiJFZERTQSIs….eyJAY29udGV4dCI6….b0ppQ1A…",
                verificationURL: "https://acme.example.org/verify/\(certificate.number)",
                madeAt: certificate.issuedAt
            ),
            organization: "Acme Academy"
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("certificate", CheckedCertificateBody(bundle.certificate, organization: organization))
            object.field("credential", bundle.credential)
            object.field("didDocument", bundle.issuer)
            object.field("didDocumentUrl", bundle.issuerURL)
            object.field(
                "statusList",
                object: { list in
                    list.field("url", bundle.statusListURL)
                    list.field("credential", bundle.statusList)
                }
            )
            object.field("verificationUrl", bundle.verificationURL)
            object.field("madeAt", bundle.madeAt)
        }
    }
}

/// `GET /.well-known/did.json`.
struct IssuerDocumentBody: ResponseBody {
    let document: IssuerDocument

    static var example: IssuerDocumentBody { IssuerDocumentBody(document: .example) }

    func write(to json: inout JSONWriter) { document.write(to: &json) }
}

/// What must stay readable of a tenant's badges when it is gone.
struct IssuerArchiveBody: ResponseBody {
    let archive: IssuerArchive

    static var example: IssuerArchiveBody {
        let url = "https://example.org/issuers/01890a5d-ac96-774b-bcce-b302099a8057/status-lists/0"
        return IssuerArchiveBody(
            archive: IssuerArchive(
                issuer: .example,
                statusLists: [(url, "eyJhbGciOiJFZERTQSIs….eyJAY29udGV4dCI6….b0ppQ1A…")]
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("issuer", archive.issuer.issuer)
            object.field("didDocument", archive.issuer)
            object.field("statusLists", archive.statusLists.map(List.init))
        }
    }

    private struct List: JSONWritable {
        let url: String
        let credential: String

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("url", url)
                object.field("credential", credential)
            }
        }
    }
}

/// What a course asks for before it gives a certificate.
struct CertificateRuleBody: ResponseBody {
    let rule: CourseCertificateRule

    static var example: CertificateRuleBody {
        let rule = CertificateRule(
            template: .example,
            minimumPercentage: 90,
            validityInMonths: 24,
            language: .english,
            gradeShown: .certificate
        )
        return CertificateRuleBody(rule: CourseCertificateRule(course: .example, rule: rule, version: 2))
    }
    static var variations: [CertificateRuleBody] {
        [CertificateRuleBody(rule: CourseCertificateRule(course: .example, rule: CertificateRule(), version: 0))]
    }

    var etag: ETag { ETag(version: rule.version, of: rule.course, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", rule.course)
            object.field("issuance", rule.rule.issuance.rawValue)
            object.field("certificateTemplateId", rule.rule.template)
            object.field("minimumPercentage", rule.rule.minimumPercentage)
            object.field("validityMonths", rule.rule.validityInMonths)
            object.field("language", rule.rule.language?.rawValue)
            object.field("gradeShown", rule.rule.gradeShown.rawValue)
            object.field("version", rule.version)
        }
    }
}

/// How certificates look and what they say.
struct CertificateTemplateBody: ResponseBody {
    let template: CertificateTemplate

    init(_ template: CertificateTemplate) {
        self.template = template
    }

    static var example: CertificateTemplateBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let wording = CertificateWording(
            heading: "Certificate of Completion",
            presentation: "This certifies that",
            statement: "has completed the course",
            detail: "with {percentage} of its lessons",
            signer: "Grace Hopper",
            signerTitle: "Dean"
        )
        return CertificateTemplateBody(
            CertificateTemplate(
                id: .example,
                design: CertificateDesign(
                    name: "With our logo",
                    texts: [
                        .english: wording, .spanish: CertificateWording(heading: "Certificado"),
                        .arabic: CertificateWording(heading: "شهادة"),
                    ]
                ),
                pictures: [.logo],
                version: 3,
                createdAt: time,
                updatedAt: time
            )
        )
    }

    var etag: ETag { ETag(version: template.version, of: template.id, showing: self) }

    func write(to json: inout JSONWriter) {
        let design = template.design
        json.object { object in
            object.field("id", template.id)
            object.field("name", design.name)
            object.field("layout", design.layout.rawValue)
            object.field("paper", design.paper.size.rawValue)
            object.field("orientation", design.paper.orientation.rawValue)
            object.field("ink", design.palette.ink.hex)
            object.field("accent", design.palette.accent.hex)
            object.field("ground", design.palette.ground.hex)
            object.field(
                "texts",
                object: { texts in
                    for language in Language.allCases {
                        if let wording = design.texts[language] { texts.field(named: language.rawValue, wording) }
                    }
                }
            )
            object.field("images", template.pictures.map(\.rawValue).sorted())
            object.field("version", template.version)
            object.field("createdAt", template.createdAt)
            object.field("updatedAt", template.updatedAt)
        }
    }
}

extension IssuerDocument {
    fileprivate static var example: IssuerDocument {
        let issuer = "did:web:example.org:issuers:01890a5d-ac96-774b-bcce-b302099a8057"
        return IssuerDocument(
            issuer: issuer,
            keys: [("\(issuer)#01890a5d-ac96-774b-bcce-b302099a8057", Array(0..<32))]
        )
    }
}

extension Certificate {
    /// What the reference shows.
    static func example(isFull: Bool) -> Certificate {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return Certificate(
            id: .example,
            number: .example,
            user: .example,
            enrollment: .example,
            course: .example,
            cause: isFull ? .award : .completion,
            reason: isFull ? "Passed the examination on site." : nil,
            learnerName: "Ada Lovelace",
            courseTitle: "Physics",
            percentageInHundredths: 9_250,
            grade: isFull
                ? CertificateGrade(GradePercentage(hundredths: 8_750), letter: "B", isPublic: true) : nil,
            completedAt: time,
            issuedAt: time,
            expiresAt: isFull ? time.addingTimeInterval(63_072_000) : nil,
            revocation: isFull ? Revocation(at: time, reason: .other, note: "The examination was repeated.") : nil
        )
    }
}
