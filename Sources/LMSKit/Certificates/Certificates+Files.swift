// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Certificates {
    /// The longest file that is given out, in bytes: one page, its fonts and images are far shorter.
    static let fileLimit = 32 << 20
    /// How many files are drawn again in one go.
    static let redrawnAtATime = 1_000

    /// Draws a certificate and keeps its file, or removes the file of a certificate that is gone; the work of a job.
    ///
    /// Doing it again draws nothing anew. The tenant's first certificate also makes the key that signs its badges. The file
    /// is encrypted under a key of its own, which is stored before it.
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - tenant: Its tenant.
    ///   - tenants: Opens transactions.
    /// - Throws: `CertificateError.busy` if it is to be tried later; `.press`; `.store`; `.keys`; `.database`.
    public func prepare(
        _ id: Certificate.ID,
        of tenant: Tenant,
        tenants: Tenants
    ) async throws(CertificateError) {
        do {
            let file = BlobKey(StoredFile.ID(id.uuid), of: tenant.id)
            let reader = tenants.reader(for: tenant.id, as: Self.principal)
            guard let certificate = try await reader.read(.selectCertificate(id)).only.map(Certificate.init(row:))
            else {
                try await ports.store?.remove(file)
                return
            }
            try await keys.ensure(
                at: links.issuer(tenant.id),
                of: tenant.id,
                tenants: tenants,
                as: Self.principal
            )
            guard certificate.preparedAt == nil, let press = ports.press, let store = ports.store else { return }
            let sheet = try await sheet(of: certificate, at: tenant, reader: reader)
            let bytes = try await drawn(sheet, by: press)
            guard bytes.count <= Self.fileLimit else {
                throw CertificatePressError.failed(reason: "the file is too long")
            }
            let blobs = SealedBlobs(store: store, cryptography: cryptography)
            guard let secret = try await fileKey(of: id, at: file, blobs, tenants: tenants) else { return }
            try await blobs.put({ bytes }, as: file, under: secret)
            let replies = try await tenants.write(
                [.notePrepared(id, byteCount: bytes.count, at: clock.now())],
                for: tenant.id,
                as: Self.principal
            )
            // Its learner was erased meanwhile.
            if replies.first?.affected == 0 { try await store.remove(file) }
        } catch {
            throw CertificateError(any: error)
        }
    }

    /// The key for a certificate's file, which is stored when this returns; `nil` if the certificate is gone.
    private func fileKey(
        of id: Certificate.ID,
        at file: BlobKey,
        _ blobs: SealedBlobs,
        tenants: Tenants
    ) async throws -> BlobSecret? {
        let dataKey = try await keys.tenantKeys.current(file.tenant, tenants: tenants, as: Self.principal)
        let new = try blobs.makeKey(for: file.file, under: dataKey)
        let replies = try await tenants.write(
            [.keepFileKey(new, of: id), .selectCertificateFile(id)],
            for: file.tenant,
            as: Self.principal
        )
        guard let row = replies.last?.only else { return nil }
        let sealed: Bytes? = try row[0]
        guard let sealed else { return nil }
        return try blobs.open(sealed.array, for: file.file, under: dataKey)
    }

    /// Has the file of a certificate drawn that is not there, for whoever may see the certificate and was told so.
    ///
    /// Asking again while the job waits makes no other one.
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - tenant: The tenant.
    ///   - tenants: Runs the statement, as the platform: who only looks may not write.
    /// - Throws: `CertificateError.database`.
    public func draw(_ id: Certificate.ID, of tenant: TenantID, tenants: Tenants) async throws(CertificateError) {
        do {
            _ = try await tenants.write([.enqueueDrawing(of: id)], for: tenant, as: Self.principal)
        } catch {
            throw .database(error)
        }
    }

    /// Has the files drawn that are not there although their time has come, such as those that were stored before files were
    /// sealed.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Throws: `CertificateError.database`.
    public func redraw(of tenant: TenantID, tenants: Tenants) async throws(CertificateError) {
        guard ports.press != nil, ports.store != nil else { return }
        let now = clock.now()
        do {
            let statement = SQL.enqueueUndrawn(
                issuedBefore: now.addingTimeInterval(-3_600),
                limit: Self.redrawnAtATime,
                at: now
            )
            _ = try await tenants.write([statement], for: tenant, as: Self.principal)
        } catch {
            throw .database(error)
        }
    }

    /// An image that cannot be decoded does not keep a learner from their certificate.
    private func drawn(_ sheet: CertificateSheet, by press: any CertificatePress) async throws -> [UInt8] {
        do {
            return try await press.pdf(sheet)
        } catch CertificatePressError.damagedImage {
            let plain = try CertificateSheet(
                paper: sheet.paper,
                layout: sheet.layout,
                palette: sheet.palette,
                language: sheet.language,
                texts: sheet.texts,
                verification: sheet.verification,
                attachments: sheet.attachments,
                date: sheet.date
            )
            return try await press.pdf(plain)
        }
    }

    /// Reads the drawn file of a certificate.
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The certificate, and its PDF.
    /// - Throws: `CertificateError.notFound`; `.revoked`, but for those who manage certificates; `.pressNotBuilt`;
    ///   `.notPrepared` until it is drawn; `.store`, also if it is another file than was drawn; `.keys`.
    public func pdf(
        of id: Certificate.ID,
        reader: TenantReader
    ) async throws(CertificateError) -> (certificate: Certificate, bytes: [UInt8]) {
        let certificate = try await given(id, reader: reader)
        guard let store = ports.store else { throw .pressNotBuilt }
        guard certificate.preparedAt != nil else { throw ports.press == nil ? .pressNotBuilt : .notPrepared }
        do {
            let replies = try await reader.read([.selectCertificateFile(id), .selectTenantKeys()])
            guard let row = replies[0].only else { throw CertificateError.notFound }
            let (sealed, byteCount): (Bytes?, Int?) = (try row[0], try row[1])
            guard let sealed, let byteCount, byteCount <= Self.fileLimit else { throw BlobError.damaged }
            guard let dataKey = try await keys.tenantKeys.newest(of: replies[1], reader.tenant) else {
                throw KeyError.unusable
            }
            let file = BlobKey(StoredFile.ID(id.uuid), of: reader.tenant)
            let blobs = SealedBlobs(store: store, cryptography: cryptography)
            let secret = try blobs.open(sealed.array, for: file.file, under: dataKey)
            let content = try await blobs.open(file, under: secret)
            guard content.byteCount == byteCount else { throw BlobError.damaged }
            return (certificate, try await content.all())
        } catch {
            throw CertificateError(any: error)
        }
    }

    /// A badge baked into a picture of the certificate, as PNG (Open Badges 3.0 §5.3.1).
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - tenant: Its tenant.
    ///   - reader: Who reads.
    /// - Returns: The picture.
    /// - Throws: As `badge(of:at:reader:)` and `pdf(of:reader:)`.
    public func png(
        of id: Certificate.ID,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(CertificateError) -> [UInt8] {
        let badge = try await badge(of: id, at: tenant, reader: reader)
        guard let press = ports.press else { throw .pressNotBuilt }
        let certificate = try await fetch(id, reader: reader)
        do {
            let sheet = try await sheet(of: certificate, at: tenant, reader: reader)
            let picture = try await press.png(sheet, width: 1_000)
            return try BakedBadge.png(picture, holding: badge.credential)
        } catch {
            throw CertificateError(any: error)
        }
    }

    /// A badge baked into a picture of its own, as SVG (Open Badges 3.0 §5.3.2).
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - tenant: Its tenant.
    ///   - reader: Who reads.
    /// - Returns: The picture.
    /// - Throws: As `badge(of:at:reader:)`.
    public func svg(
        of id: Certificate.ID,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(CertificateError) -> String {
        let badge = try await badge(of: id, at: tenant, reader: reader)
        return BakedBadge.svg(
            title: badge.certificate.courseTitle,
            issuer: tenant.name,
            holding: badge.credential
        )
    }

    /// A certificate whose file and badge may be given: a revoked one is shown, and given to those alone who manage them.
    func given(_ id: Certificate.ID, reader: TenantReader) async throws(CertificateError) -> Certificate {
        let certificate = try await fetch(id, reader: reader)
        guard certificate.revocation == nil || reader.principal.may(.certificateManage, on: .foreign) else {
            throw .revoked
        }
        return certificate
    }

    /// What is drawn of a certificate.
    private func sheet(
        of certificate: Certificate,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws -> CertificateSheet {
        var design = CertificateDesign.standard
        var pictures: [CertificateSheet.Picture: CertificateImage] = [:]
        if let template = certificate.template {
            let replies = try await reader.read([.selectTemplate(template), .selectTemplateImages(template)])
            if let found = try replies[0].only.map(CertificateTemplate.init(row:)) {
                design = found.design
                pictures = try CertificateImage.all(in: replies[1])
            }
        }
        return try await sheet(of: certificate, design, pictures, at: tenant, reader: reader)
    }

    private func sheet(
        of certificate: Certificate,
        _ design: CertificateDesign,
        _ pictures: [CertificateSheet.Picture: CertificateImage],
        at tenant: Tenant,
        reader: TenantReader
    ) async throws -> CertificateSheet {
        var attachments: [CertificateAttachment] = []
        if let key = try await keys.all(reader: reader).first,
            let row = try await reader.read(.selectStatusPosition(of: certificate.id)).only
        {
            let badge = try badge(of: certificate, at: try row[0], of: tenant, key: key)
            attachments = [
                try CertificateAttachment(name: "badge.jwt", mediaType: "text/plain", bytes: Array(badge.utf8))
            ]
        }
        return try certificate.sheet(
            design,
            pictures,
            at: tenant,
            verification: verificationURL(of: certificate, at: tenant),
            attachments: attachments
        )
    }

    static let principal = Principal(.system("certificates"), grants: Grants())
}
