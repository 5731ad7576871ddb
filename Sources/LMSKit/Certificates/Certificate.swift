// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What somebody achieved, as it was when it was issued: later names and titles change nothing in it.
public struct Certificate: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Certificate>
    /// The certificate's identifier.
    public let id: ID
    /// The number by which it is checked.
    public let number: CertificateNumber
    /// The learner.
    public let user: Principal.ID
    /// The place in the course; `nil` once the course was deleted.
    public let enrollment: Enrollment.ID?
    /// The course; `nil` once it was deleted.
    public let course: Course.ID?
    /// What issued it.
    public let cause: Cause
    /// Why somebody issued it by hand; for those who manage certificates.
    public let reason: String?
    /// The learner's name on the day.
    public let learnerName: String
    /// The course's title on the day.
    public let courseTitle: String
    /// The course that it is of, also once that is deleted.
    public let achievement: Course.ID
    /// The language that it is written in; `nil` is the tenant's.
    public let language: Language?
    /// How much of the course was done, in hundredths of a percent.
    public let percentageInHundredths: Int
    /// The grade that it says, if it says one.
    public let grade: CertificateGrade?
    /// When the course was completed, UTC; `nil` if it was awarded without.
    public let completedAt: Date?
    /// When it was issued, UTC.
    public let issuedAt: Date
    /// From when on it is not valid any more, UTC; `nil` if it does not expire.
    public let expiresAt: Date?
    /// When another took its place, UTC.
    public let supersededAt: Date?
    /// Why it was revoked, and when.
    public let revocation: Revocation?
    /// When its file was drawn, UTC.
    public let preparedAt: Date?
    /// Raised by each change; for conditional requests.
    public let version: Int
    let template: CertificateTemplate.ID?
    /// What is hashed of the learner (Open Badges 3.0 §B.6.2): `emailAddress` or `accountId`.
    let identityType: String
    let identityHash: String
    let identitySalt: String

    package init(
        id: ID,
        number: CertificateNumber,
        user: Principal.ID,
        enrollment: Enrollment.ID?,
        course: Course.ID?,
        cause: Cause,
        reason: String?,
        learnerName: String,
        courseTitle: String,
        language: Language? = .english,
        percentageInHundredths: Int,
        grade: CertificateGrade? = nil,
        completedAt: Date?,
        issuedAt: Date,
        expiresAt: Date?,
        revocation: Revocation?
    ) {
        self.id = id
        self.number = number
        self.user = user
        self.enrollment = enrollment
        self.course = course
        self.cause = cause
        self.reason = reason
        self.learnerName = learnerName
        self.courseTitle = courseTitle
        achievement = course ?? Course.ID(id.uuid)
        self.language = language
        self.percentageInHundredths = percentageInHundredths
        self.grade = grade
        self.completedAt = completedAt
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        supersededAt = nil
        self.revocation = revocation
        preparedAt = issuedAt
        version = 1
        template = nil
        identityType = "emailAddress"
        identityHash = ""
        identitySalt = ""
    }

    /// What it is worth at a time.
    ///
    /// - Parameter instant: The time.
    /// - Returns: The first that holds of: revoked, superseded, expired, valid.
    public func status(at instant: Date) -> Status {
        if revocation != nil { return .revoked }
        if supersededAt != nil { return .superseded }
        if let expiresAt, expiresAt <= instant { return .expired }
        return .valid
    }
}

extension Certificate {
    /// What a certificate is worth.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// It holds.
        case valid
        /// Its time is over.
        case expired
        /// Another took its place.
        case superseded
        /// It was taken back.
        case revoked
    }

    /// What issued a certificate.
    @nonexhaustive
    public enum Cause: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The learner completed the course.
        case completion
        /// The learner, who completed the course, asked for it.
        case request
        /// Somebody decided to.
        case award
        /// Somebody corrected another one.
        case reissue
        /// Somebody renewed another one.
        case renewal
    }

    /// That a certificate was taken back.
    public struct Revocation: Sendable, Hashable {
        /// When, UTC.
        public let at: Date
        /// What everybody is told of why.
        public let reason: Reason
        /// What is kept of why, for those who manage certificates.
        public let note: String

        package init(at instant: Date, reason: Reason, note: String) {
            at = instant
            self.reason = reason
            self.note = note
        }

        /// What everybody is told of why a certificate was taken back.
        @nonexhaustive
        public enum Reason: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
            /// It should never have been issued.
            case issuedInError = "issued_in_error"
            /// What it says was not achieved.
            case requirementsNotMet = "requirements_not_met"
            /// The learner deceived.
            case misconduct
            /// The course was paid back.
            case refunded
            /// The learner asked for it.
            case requested
            /// Anything else.
            case other
        }
    }
}

extension Certificate {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        number = try fields.next()
        user = try fields.next()
        enrollment = try fields.next()
        course = try fields.next()
        template = try fields.next()
        cause = try fields.next()
        reason = try fields.next()
        learnerName = try fields.next()
        courseTitle = try fields.next()
        achievement = try fields.next()
        let language: String? = try fields.next()
        self.language = language.flatMap(Language.init(rawValue:))
        percentageInHundredths = try fields.next()
        completedAt = try fields.next()
        issuedAt = try fields.next()
        expiresAt = try fields.next()
        identityType = try fields.next()
        identityHash = try fields.next()
        identitySalt = try fields.next()
        preparedAt = try fields.next()
        supersededAt = try fields.next()
        let revokedAt: Date? = try fields.next()
        let why: Revocation.Reason? = try fields.next()
        let note: String? = try fields.next()
        if let revokedAt, let why {
            revocation = Revocation(at: revokedAt, reason: why, note: note ?? "")
        } else {
            revocation = nil
        }
        let percentage: Int? = try fields.next()
        let letter: String? = try fields.next()
        let isPublic: Bool = try fields.next()
        grade = percentage.map {
            CertificateGrade(GradePercentage(hundredths: $0), letter: letter, isPublic: isPublic)
        }
        version = try fields.next()
    }
}
