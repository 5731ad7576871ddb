// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What certificates need besides the database.
public struct CertificatePorts: Sendable {
    /// Keeps the drawn files; without it there are none.
    public let store: (any BlobStore)?
    /// Draws them; without it none are drawn.
    public let press: (any CertificatePress)?
    /// Compresses bytes into one gzip member (RFC 1952), as status lists are; without it there are no badges.
    public let compress: (@Sendable ([UInt8]) throws -> [UInt8])?

    /// Puts the ports together.
    ///
    /// - Parameters:
    ///   - store: Keeps the drawn files.
    ///   - press: Draws them.
    ///   - compress: Compresses bytes into one gzip member.
    public init(
        store: (any BlobStore)?,
        press: (any CertificatePress)?,
        compress: (@Sendable ([UInt8]) throws -> [UInt8])?
    ) {
        self.store = store
        self.press = press
        self.compress = compress
    }

    /// Certificates without files and badges.
    public static let none = CertificatePorts(store: nil, press: nil, compress: nil)
}

/// Issues certificates, takes them back and shows them.
///
/// Every change acts as the session's principal and leaves the commit to the caller. Of all who issue the first
/// certificate of an enrollment at the same time, the database lets one.
public struct Certificates: Sendable {
    let ports: CertificatePorts
    let links: AccountLinks
    let keys: CredentialKeys
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit
    /// Signed status lists, of some 30 KB at most.
    let lists = BoundedCache<TenantCacheKey, String>(capacity: 256)

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - ports: What it needs besides the database.
    ///   - tenantKeys: Seals the keys that sign badges.
    ///   - links: Where the tenants' pages are.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what is done to others.
    public init(
        ports: CertificatePorts,
        tenantKeys: TenantKeys,
        links: AccountLinks,
        cryptography: any Cryptography,
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.ports = ports
        self.links = links
        keys = CredentialKeys(
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers
        )
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Issues certificates when courses are completed, each once, whatever is repeated.
    public var consumer: EventConsumer {
        EventConsumer("certificates", to: [.enrollmentCompleted, .progressUpdated], replays: .taken) { event, session in
            // Whoever is completed already may do the rest that a course's rule asks for later.
            guard let place = event.payload["enrollmentId"]?.text.flatMap({ Enrollment.ID($0) }) else { return }
            _ = try await issueFirst(of: place, .completion, on: .automatic, session: session)
        }
    }

    /// Gives a learner the certificate of their place, who did all that is needed for it.
    ///
    /// Asking again gives the same one.
    ///
    /// - Parameters:
    ///   - enrollment: The learner's own place; anybody's for those who manage certificates.
    ///   - session: The tenant's open transaction.
    /// - Returns: The certificate, and whether it is new.
    /// - Throws: `CertificateError.enrollmentNotFound`; `.forbidden`; `.notActive`, also while a payment is not verified;
    ///   `.notCompleted`; `.notOffered` if the course's certificates are issued by hand; `.notCurrent` if it was
    ///   revoked or has expired.
    public func request(
        _ enrollment: Enrollment.ID,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> (certificate: Certificate, isNew: Bool) {
        let principal = session.principal
        return try await CertificateError.translating {
            let place = try await Self.place(enrollment, session: session)
            guard place.user == principal.user || principal.may(.certificateManage, on: .foreign) else {
                throw CertificateError.forbidden
            }
            if let new = try await issueFirst(of: enrollment, .request, on: .request, session: session) {
                return (new, true)
            }
            let rows = try await session.batch([
                .selectCurrentCertificate(of: enrollment), .selectCertificateRule(of: place.course),
            ])
            if let current = try rows[0].only.map(Certificate.init(row:)) {
                let status = current.status(at: clock.now())
                guard status == .valid else { throw CertificateError.notCurrent(status) }
                return (current, false)
            }
            guard place.status == .completed || place.status == .active else {
                throw CertificateError.notActive(place.status)
            }
            let rule = try CourseCertificateRule(of: place.course, row: rows[1].only).rule
            throw rule.issuance == .manual ? CertificateError.notOffered : .notCompleted
        }
    }

    /// Gives somebody a certificate, whatever they did of the course.
    ///
    /// - Parameters:
    ///   - enrollment: Their place; it must be active or completed, so that what it costs is paid.
    ///   - reason: Why, 1–500 characters.
    ///   - session: The tenant's open transaction.
    /// - Returns: The certificate.
    /// - Throws: `CertificateError.forbidden` without `certificate:manage`; `.enrollmentNotFound`; `.notActive`;
    ///   `.alreadyIssued`.
    public func award(
        _ enrollment: Enrollment.ID,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> Certificate {
        let principal = session.principal
        guard principal.may(.certificateManage, on: .foreign) else { throw .forbidden }
        return try await CertificateError.translating {
            let place = try await Self.place(enrollment, session: session)
            guard let new = try await issueFirst(of: enrollment, .award, because: reason, on: .award, session: session)
            else {
                if let row = try await session.execute(.selectCurrentCertificate(of: enrollment)).only {
                    throw CertificateError.alreadyIssued(try Certificate(row: row).id)
                }
                throw CertificateError.notActive(place.status)
            }
            let event = AuditEvent("certificate.awarded", on: new.id, after: AuditState { $0.field("reason", reason) })
            try await session.execute(audit.recording(event, by: principal))
            return new
        }
    }

    private static func place(_ id: Enrollment.ID, session: borrowing TenantSession) async throws -> Enrollment {
        let principal = session.principal
        let rows = try await session.batch([.lockForCertificate(id), .selectEnrollment(id, for: principal.user)])
        do {
            return try Enrollments.visible(rows[1], to: principal).enrollment
        } catch EnrollmentError.notFound {
            throw CertificateError.enrollmentNotFound
        }
    }

    private func issueFirst(
        of enrollment: Enrollment.ID,
        _ cause: Certificate.Cause,
        because reason: String? = nil,
        on terms: CertificateTerms,
        session: borrowing TenantSession
    ) async throws -> Certificate? {
        let new = made(cause, because: reason)
        let replies = try await session.batch([
            .lockForCertificate(enrollment), .insertFirstCertificate(new, of: enrollment, for: terms),
        ])
        guard let row = replies[1].only else { return nil }
        let certificate = try await graded(try Certificate(row: row), session: session)
        try await session.batch(following(certificate, by: session.principal))
        return certificate
    }

    /// A new certificate's own facts.
    func made(_ cause: Certificate.Cause, because reason: String? = nil) -> NewCertificate {
        // Whole seconds: a badge says its date in them twice, and both must be the same.
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let salt = cryptography.randomBytes(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return NewCertificate(
            id: identifiers.next(),
            number: CertificateNumber(random: cryptography.randomBytes(10)),
            cause: cause,
            reason: reason,
            issuedAt: now,
            salt: salt
        )
    }

    /// What follows when a certificate was issued: that it is known, and that it is drawn.
    func following(_ certificate: Certificate, by principal: Principal) -> [SQL] {
        var payload = [
            JSONMember("certificateId", certificate.id),
            JSONMember("certificateNumber", text: certificate.number.description),
        ]
        if let enrollment = certificate.enrollment { payload.append(JSONMember("enrollmentId", enrollment)) }
        payload += [
            JSONMember("userId", certificate.user), JSONMember("courseId", certificate.achievement),
            JSONMember("issuedAt", certificate.issuedAt),
        ]
        let event = Event(
            identifiers.next(),
            .certificateIssued,
            of: certificate.id,
            payload: payload,
            at: certificate.issuedAt
        )
        return [
            .recordEvent(event, by: principal),
            .enqueueJob(.certificate, certificate.id.uuid, at: certificate.issuedAt),
        ]
    }
}
