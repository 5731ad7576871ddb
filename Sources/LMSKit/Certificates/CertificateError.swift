// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a certificate was refused.
@nonexhaustive
public enum CertificateError: Error, Sendable, Equatable {
    /// There is no such certificate, or the principal may not know that there is.
    case notFound
    /// There is no such enrollment, or it is somebody else's.
    case enrollmentNotFound
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// There is no such template.
    case templateNotFound
    /// The principal may see it and may not do this.
    case forbidden
    /// The place waits for its payment, or was left or taken back.
    case notActive(Enrollment.Status)
    /// Less is done than the course's certificate needs.
    case notCompleted
    /// The course gives no certificates on request.
    case notOffered
    /// The enrollment has a certificate already.
    case alreadyIssued(Certificate.ID)
    /// The certificate is not what can be acted on any more.
    case notCurrent(Certificate.Status)
    /// Its file is not drawn yet.
    case notPrepared
    /// The certificate was revoked, so its file and its badge are not given any more.
    case revoked
    /// A template of this name exists.
    case nameTaken
    /// Courses use the template.
    case templateInUse
    /// A text of a template names something in braces that there is not, or has a brace by itself.
    case unknownPlaceholder(field: String)
    /// A text of a template is too long, or nothing of it can be drawn.
    case invalidText(field: String)
    /// The bytes are no image that can be drawn.
    case invalidImage
    /// The object was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// This installation draws no certificates.
    case pressNotBuilt
    /// This installation makes no badges.
    case badgesNotBuilt
    /// Too much waits to be drawn; try again later.
    case busy
    /// Drawing failed.
    case press(CertificatePressError)
    /// The file could not be stored or read.
    case store(BlobError)
    /// A key could not be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension CertificateError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.unique, name: "certificate_templates_name_uq"): self = .nameTaken
        case .constraint(.foreignKey, name: "certificate_rules_template_id_fk"),
            .constraint(.foreignKey, name: "certificate_images_template_id_fk"):
            self = .templateNotFound
        default: self = .database(error)
        }
    }
}

extension CertificateError {
    init(_ error: CertificatePressError) {
        switch error {
        case .busy: self = .busy
        default: self = .press(error)
        }
    }

    init(_ error: BlobError) {
        self = error == .busy ? .busy : .store(error)
    }
}
