// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Certificates {
    /// Lists certificates, the last issued first, in one round trip.
    ///
    /// - Parameters:
    ///   - user: Whose; everybody's if it is `nil`.
    ///   - course: Of which course; of all if it is `nil`.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most certificates to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `CertificateError.courseNotFound`; `.forbidden` unless they are the reader's own, of a course whose
    ///   enrollments the reader may see, or the reader manages certificates; `.invalidPosition`.
    public func list(
        of user: Principal.ID? = nil,
        in course: Course.ID? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(CertificateError) -> Page<Certificate> {
        let order = "certificates.\(user?.description ?? "").\(course?.description ?? "")"
        if let position, position.order != order { throw .invalidPosition }
        let principal = reader.principal
        return try await CertificateError.translating {
            let list = SQL.listCertificates(
                of: user,
                in: course,
                after: position.map { Certificate.ID($0.id) },
                limit: limit.withProbe
            )
            let replies = try await reader.read((course.map { [.selectCourse($0)] } ?? []) + [list])
            if course != nil {
                guard let found = try replies[0].only.map(Course.init(row:)) else {
                    throw CertificateError.courseNotFound
                }
                let mayManage = principal.may(.certificateManage, on: .foreign)
                guard mayManage || principal.may(.enrollmentRead, as: found.role(of: principal)) else {
                    throw CoursePolicy.isKnown(found, to: principal) ? CertificateError.forbidden : .courseNotFound
                }
            } else if user == nil || user != principal.user {
                guard principal.may(.certificateManage, on: .foreign) else { throw CertificateError.forbidden }
            }
            let rows = try replies.last?.map(Certificate.init(row:)) ?? []
            return Page(cutting: rows, limit: limit.count) { PagePosition(order: order, id: $0.id.uuid) }
        }
    }

    /// Reads a certificate in one round trip.
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The certificate.
    /// - Throws: `CertificateError.notFound` unless it is the reader's own, of a course whose enrollments the reader may
    ///   see, or the reader manages certificates.
    public func fetch(_ id: Certificate.ID, reader: TenantReader) async throws(CertificateError) -> Certificate {
        try await CertificateError.translating {
            try Self.visible(
                try await reader.read(.selectCertificate(id, for: reader.principal.user)),
                to: reader.principal
            )
        }
    }

    /// Finds a certificate for anybody who was shown its number, in one round trip.
    ///
    /// - Parameters:
    ///   - number: What they typed or followed.
    ///   - reader: Who asks, in which tenant.
    /// - Returns: What everybody may know of it.
    /// - Throws: `CertificateError.notFound` for what is no number, mistyped, another tenant's or never was.
    public func check(_ number: String, reader: TenantReader) async throws(CertificateError) -> CheckedCertificate {
        guard let number = CertificateNumber(number) else { throw .notFound }
        return try await CertificateError.translating {
            guard let row = try await reader.read(.selectCertificate(number: number)).only else {
                throw CertificateError.notFound
            }
            return CheckedCertificate(try Certificate(row: row), at: clock.now())
        }
    }

    /// Reads the row of `selectCertificate(_:for:)` and refuses those who may not see it.
    static func visible(_ rows: Rows, to principal: Principal) throws -> Certificate {
        guard let row = rows.only else { throw CertificateError.notFound }
        var fields = RowFields(row)
        let certificate = try Certificate(fields: &fields)
        let role: CourseRole? = try fields.next()
        let isOwn = principal.user != nil && certificate.user == principal.user
        guard isOwn || principal.may(.enrollmentRead, as: role) || principal.may(.certificateManage, on: .foreign)
        else { throw CertificateError.notFound }
        return certificate
    }
}

/// What everybody may know of a certificate whose number they were shown, and nothing else of it.
public struct CheckedCertificate: Sendable {
    /// The number.
    public let number: CertificateNumber
    /// What it is worth now.
    public let status: Certificate.Status
    /// The learner's name.
    public let learnerName: String
    /// The course's title.
    public let courseTitle: String
    /// The grade, if everybody may know it.
    public let grade: CertificateGrade?
    /// When the course was completed, UTC.
    public let completedAt: Date?
    /// When it was issued, UTC.
    public let issuedAt: Date
    /// From when on it is not valid any more, UTC.
    public let expiresAt: Date?
    /// When another took its place, UTC.
    public let supersededAt: Date?
    /// When it was revoked, UTC.
    public let revokedAt: Date?
    /// Why it was revoked.
    public let revocationReason: Certificate.Revocation.Reason?

    /// Takes what everybody may know.
    ///
    /// - Parameters:
    ///   - certificate: The certificate.
    ///   - instant: The time at which it is checked.
    package init(_ certificate: Certificate, at instant: Date) {
        number = certificate.number
        status = certificate.status(at: instant)
        learnerName = certificate.learnerName
        courseTitle = certificate.courseTitle
        grade = certificate.grade.flatMap { $0.isPublic ? $0 : nil }
        completedAt = certificate.completedAt
        issuedAt = certificate.issuedAt
        expiresAt = certificate.expiresAt
        supersededAt = certificate.supersededAt
        revokedAt = certificate.revocation?.at
        revocationReason = certificate.revocation?.reason
    }
}
