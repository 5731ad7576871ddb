// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Designs how certificates look.
///
/// Every change acts as the session's principal and leaves the commit to the caller. What is issued keeps the file that was
/// drawn of it.
public struct CertificateTemplates: Sendable {
    /// The most bytes of an image.
    public static let imageLimit = 512 * 1024
    private let ports: CertificatePorts
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - ports: What it needs besides the database.
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what is done.
    public init(
        ports: CertificatePorts,
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.ports = ports
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Makes a template.
    ///
    /// - Parameters:
    ///   - design: How it looks and what it says.
    ///   - session: The tenant's open transaction.
    /// - Returns: The template.
    /// - Throws: `CertificateError.forbidden` without `certificate:manage`; `.nameTaken`; `.unknownPlaceholder`;
    ///   `.invalidText`; `.invalid`.
    public func create(
        _ design: CertificateDesign,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> CertificateTemplate {
        try authorize(session.principal)
        try design.check()
        let id: CertificateTemplate.ID = identifiers.next()
        return try await change(
            id,
            [.insertTemplate(id, design, at: clock.now())],
            "certificate_template.created",
            session: session
        )
    }

    /// Changes a template; what was issued stays as it was drawn.
    ///
    /// - Parameters:
    ///   - id: The template; its row is locked until the transaction ends.
    ///   - design: How it looks and what it says.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The template.
    /// - Throws: `CertificateError.forbidden`; `.templateNotFound`; `.versionMismatch`; `.nameTaken`;
    ///   `.unknownPlaceholder`; `.invalidText`; `.invalid`.
    public func update(
        _ id: CertificateTemplate.ID,
        _ design: CertificateDesign,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> CertificateTemplate {
        try authorize(session.principal)
        try design.check()
        try await lock(id, expecting: version, session: session)
        return try await change(
            id,
            [.updateTemplate(id, design, at: clock.now())],
            "certificate_template.changed",
            session: session
        )
    }

    /// Deletes a template that no course uses.
    ///
    /// - Parameters:
    ///   - id: The template.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Throws: `CertificateError.forbidden`; `.templateNotFound`; `.templateInUse`.
    public func delete(
        _ id: CertificateTemplate.ID,
        session: borrowing TenantSession
    ) async throws(CertificateError) {
        try authorize(session.principal)
        try await lock(id, expecting: nil, session: session)
        let event = audit.recording(AuditEvent("certificate_template.deleted", on: id), by: session.principal)
        do {
            _ = try await session.batch([.deleteTemplate(id), event])
        } catch .constraint(.foreignKey, name: _) {
            throw .templateInUse
        } catch {
            throw CertificateError(error)
        }
    }

    /// Refuses bytes that are no small PNG, or that cannot be drawn; takes no transaction, because drawing takes time.
    ///
    /// - Parameters:
    ///   - png: The bytes.
    ///   - place: Where the image is to be.
    ///   - principal: Who brings it.
    /// - Returns: The image.
    /// - Throws: `CertificateError.forbidden`; `.invalidImage`; `.busy`; `.press`.
    public func checked(
        _ png: [UInt8],
        for place: CertificateSheet.Picture,
        by principal: Principal
    ) async throws(CertificateError) -> CertificateImage {
        try authorize(principal)
        guard png.count <= Self.imageLimit else { throw .invalidImage }
        do {
            let image = try CertificateImage(png: png)
            if let press = ports.press {
                let sheet = try CertificateSheet(
                    language: "en",
                    texts: [.issuer: "A", .heading: "A", .learner: "A", .course: "A", .number: "A"],
                    verification: "https://example.org",
                    pictures: [place: image],
                    date: clock.now()
                )
                _ = try await press.png(sheet, width: 100)
            }
            return image
        } catch is CertificateSheetError {
            throw .invalidImage
        } catch CertificatePressError.damagedImage {
            throw .invalidImage
        } catch {
            throw CertificateError(any: error)
        }
    }

    /// Gives a template an image, in place of the one it may have there.
    ///
    /// - Parameters:
    ///   - image: The image; `nil` takes away what is there.
    ///   - place: Where it is drawn.
    ///   - id: The template; its row is locked until the transaction ends.
    ///   - version: The version that the caller read, or `nil` for whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The template.
    /// - Throws: `CertificateError.forbidden`; `.templateNotFound`; `.versionMismatch`.
    public func setImage(
        _ image: CertificateImage?,
        at place: CertificateSheet.Picture,
        of id: CertificateTemplate.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> CertificateTemplate {
        try authorize(session.principal)
        try await lock(id, expecting: version, session: session)
        let statement: SQL =
            if let image { .setTemplateImage(image.png, at: place, of: id) } else {
                .deleteTemplateImage(at: place, of: id)
            }
        return try await change(
            id,
            [statement, .touchTemplate(id, at: clock.now())],
            "certificate_template.image_changed",
            session: session
        )
    }

    /// Reads a template in one round trip.
    ///
    /// - Parameters:
    ///   - id: The template.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The template.
    /// - Throws: `CertificateError.forbidden`; `.templateNotFound`.
    public func fetch(
        _ id: CertificateTemplate.ID,
        reader: TenantReader
    ) async throws(CertificateError) -> CertificateTemplate {
        try authorize(reader.principal)
        return try await CertificateError.translating {
            guard let row = try await reader.read(.selectTemplate(id)).only else {
                throw CertificateError.templateNotFound
            }
            return try CertificateTemplate(row: row)
        }
    }

    /// Lists templates, the newest first, in one round trip.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most templates to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `CertificateError.forbidden`; `.invalidPosition`.
    public func list(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(CertificateError) -> Page<CertificateTemplate> {
        try authorize(reader.principal)
        let order = "certificate_templates"
        if let position, position.order != order { throw .invalidPosition }
        return try await CertificateError.translating {
            let after = position.map { CertificateTemplate.ID($0.id) }
            let rows = try await reader.read(.listTemplates(after: after, limit: limit.withProbe))
            return Page(cutting: try rows.map(CertificateTemplate.init(row:)), limit: limit.count) {
                PagePosition(order: order, id: $0.id.uuid)
            }
        }
    }

    /// Draws what a template looks like, with an invented name.
    ///
    /// - Parameters:
    ///   - id: The template.
    ///   - language: In which language; in another one if it has no words in it.
    ///   - tenant: Its tenant.
    ///   - reader: Who looks at it.
    /// - Returns: A PDF.
    /// - Throws: `CertificateError.forbidden`; `.templateNotFound`; `.pressNotBuilt`; `.busy`; `.press`.
    public func preview(
        _ id: CertificateTemplate.ID,
        in language: Language,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(CertificateError) -> [UInt8] {
        try authorize(reader.principal)
        guard let press = ports.press else { throw .pressNotBuilt }
        do {
            let replies = try await reader.read([.selectTemplate(id), .selectTemplateImages(id)])
            guard let template = try replies[0].only.map(CertificateTemplate.init(row:)) else {
                throw CertificateError.templateNotFound
            }
            let sample = Certificate.sample(of: template.design, in: language, at: clock.now())
            let sheet = try sample.sheet(
                template.design,
                try CertificateImage.all(in: replies[1]),
                at: tenant,
                verification: "https://example.org/verify/\(sample.number)"
            )
            return try await press.pdf(sheet)
        } catch {
            throw CertificateError(any: error)
        }
    }

    private func authorize(_ principal: Principal) throws(CertificateError) {
        guard principal.may(.certificateManage, on: .foreign) else { throw .forbidden }
    }

    private func lock(
        _ id: CertificateTemplate.ID,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(CertificateError) {
        try await CertificateError.translating {
            guard let row = try await session.execute(.lockTemplate(id)).only else {
                throw CertificateError.templateNotFound
            }
            let current: Int = try row[0]
            if let version, version != current { throw CertificateError.versionMismatch(current: current) }
        }
    }

    private func change(
        _ id: CertificateTemplate.ID,
        _ statements: [SQL],
        _ action: StaticString,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> CertificateTemplate {
        try await CertificateError.translating {
            let event = audit.recording(AuditEvent(action, on: id), by: session.principal)
            guard let row = try await session.batch(statements + [event, .selectTemplate(id)]).last?.only else {
                throw CertificateError.templateNotFound
            }
            return try CertificateTemplate(row: row)
        }
    }
}

extension Certificate {
    /// What a template is shown with.
    fileprivate static func sample(of design: CertificateDesign, in language: Language, at instant: Date) -> Certificate
    {
        let wording = design.texts[design.language(nearest: language)]
        let grade = CertificateGrade(GradePercentage(hundredths: 8_750), letter: nil, isPublic: false)
        let (learner, course) =
            switch language {
            case .english: ("Ada Lovelace", "Introduction to Computing")
            case .spanish: ("Ada Lovelace", "Introducción a la computación")
            case .arabic: ("محمد بن موسى الخوارزمي", "مقدمة في الحوسبة")
            }
        return Certificate(
            id: ID(UUID(high: 0, low: 0)),
            number: CertificateNumber(random: Array(repeating: 0, count: 10)),
            user: Principal.ID(UUID(high: 0, low: 0)),
            enrollment: nil,
            course: nil,
            cause: .completion,
            reason: nil,
            learnerName: learner,
            courseTitle: course,
            language: language,
            percentageInHundredths: 10_000,
            grade: wording?.saysGrade == true ? grade : nil,
            completedAt: instant,
            issuedAt: instant,
            expiresAt: nil,
            revocation: nil
        )
    }
}
