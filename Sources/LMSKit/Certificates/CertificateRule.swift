// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What a course asks for before it gives a certificate, and which.
public struct CertificateRule: Sendable, Hashable {
    /// Who issues it.
    public var issuance: Issuance
    /// How it looks; `nil` is what every tenant has.
    public var template: CertificateTemplate.ID?
    /// How much of the published lessons must be done besides the course's own threshold, 0–100 percent.
    public var minimumPercentage: Int
    /// For how many months it is valid, 1–240; `nil` is for ever.
    public var validityInMonths: Int?
    /// The language that it is written in; `nil` is the tenant's.
    public var language: Language?
    /// Where its grade is said.
    public var gradeShown: GradeShown

    /// Makes a rule: what holds for a course that has none, unless something is said.
    ///
    /// - Parameters:
    ///   - issuance: Who issues it.
    ///   - template: How it looks.
    ///   - minimumPercentage: How much of the published lessons must be done, 0–100 percent.
    ///   - validityInMonths: For how many months it is valid, 1–240.
    ///   - language: The language that it is written in.
    ///   - gradeShown: Where its grade is said.
    public init(
        issuance: Issuance = .automatic,
        template: CertificateTemplate.ID? = nil,
        minimumPercentage: Int = 0,
        validityInMonths: Int? = nil,
        language: Language? = nil,
        gradeShown: GradeShown = .nowhere
    ) {
        self.issuance = issuance
        self.template = template
        self.minimumPercentage = minimumPercentage
        self.validityInMonths = validityInMonths
        self.language = language
        self.gradeShown = gradeShown
    }

    /// Who issues a course's certificates.
    @nonexhaustive
    public enum Issuance: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The platform, as soon as what is needed is done.
        case automatic
        /// The platform, when a learner asks for it who has done what is needed.
        case onRequest = "on_request"
        /// Those who manage certificates.
        case manual
    }
}

/// A course's rule with its version.
public struct CourseCertificateRule: Sendable {
    /// The course.
    public let course: Course.ID
    /// The rule.
    public let rule: CertificateRule
    /// Raised by each change; 0 where there was none yet.
    public let version: Int

    package init(course: Course.ID, rule: CertificateRule, version: Int) {
        self.course = course
        self.rule = rule
        self.version = version
    }

    init(of course: Course.ID, row: Row?) throws(DatabaseError) {
        self.course = course
        guard let row else {
            rule = CertificateRule()
            version = 0
            return
        }
        var fields = RowFields(row)
        let issuance: CertificateRule.Issuance = try fields.next()
        let template: CertificateTemplate.ID? = try fields.next()
        let minimum: Int = try fields.next()
        let validity: Int? = try fields.next()
        let language: String? = try fields.next()
        rule = CertificateRule(
            issuance: issuance,
            template: template,
            minimumPercentage: minimum,
            validityInMonths: validity,
            language: language.flatMap(Language.init(rawValue:)),
            gradeShown: try fields.next()
        )
        version = try fields.next()
    }
}

extension Certificates {
    /// Reads a course's rule in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The rule; the default if the course has none.
    /// - Throws: `CertificateError.courseNotFound`; `.forbidden` without `course:read` on the course.
    public func rule(
        of course: Course.ID,
        reader: TenantReader
    ) async throws(CertificateError) -> CourseCertificateRule {
        try await CertificateError.translating {
            let rows = try await reader.read([.selectCourse(course), .selectCertificateRule(of: course)])
            try Self.require(.courseRead, on: rows[0], reader.principal)
            return try CourseCertificateRule(of: course, row: rows[1].only)
        }
    }

    /// Changes a course's rule; what was issued stays as it is.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - course: The course; its row is locked until the transaction ends.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The rule with its new version.
    /// - Throws: `CertificateError.courseNotFound`; `.forbidden` without `course:update` on the course; `.versionMismatch`;
    ///   `.templateNotFound`; `.invalid`.
    public func setRule(
        _ rule: CertificateRule,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> CourseCertificateRule {
        let principal = session.principal
        return try await CertificateError.translating {
            let rows = try await session.batch([.lockCourses([course]), .selectCertificateRule(of: course)])
            try Self.require(.courseUpdate, on: rows[0], principal)
            let current = try CourseCertificateRule(of: course, row: rows[1].only)
            if let version, version != current.version {
                throw CertificateError.versionMismatch(current: current.version)
            }
            try await session.batch([
                .setCertificateRule(rule, of: course, at: clock.now()),
                audit.recording(AuditEvent("course.certificate_rule_changed", on: course), by: principal),
            ])
            return CourseCertificateRule(course: course, rule: rule, version: current.version + 1)
        }
    }

    private static func require(_ permission: Permission, on rows: Rows, _ principal: Principal) throws {
        guard let course = try rows.only.map(Course.init(row:)) else { throw CertificateError.courseNotFound }
        if principal.may(permission, as: course.role(of: principal)) { return }
        throw CoursePolicy.isKnown(course, to: principal) ? CertificateError.forbidden : .courseNotFound
    }
}
