// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Who issues a tenant's badges, as anybody may read it: the document behind `did:web` (DID Core §4).
///
/// It has every key that ever signed, so that what was signed before a new key came goes on being verified.
public struct IssuerDocument: Sendable, Hashable {
    /// The issuer's name, such as `did:web:example.org:issuers:01890a5d-ac96-774b-bcce-b302099a8057`.
    public let issuer: String
    /// Its keys by their names, the newest first.
    public let keys: [Key]
    /// Whether the platform serves this document, and not the tenant's own address.
    public let isOnPlatform: Bool

    /// A key of an issuer.
    public struct Key: Sendable, Hashable {
        /// The key's name, a DID URL.
        public let name: String
        /// The 32 bytes of an Ed25519 public key.
        public let bytes: [UInt8]
    }

    init?(_ keys: [CredentialKey]) {
        guard let first = keys.first else { return nil }
        issuer = first.issuer
        isOnPlatform = first.isOnPlatform
        self.keys = keys.map { Key(name: $0.name, bytes: $0.publicKey) }
    }

    package init(issuer: String, keys: [(name: String, bytes: [UInt8])]) {
        self.issuer = issuer
        isOnPlatform = true
        self.keys = keys.map { Key(name: $0.name, bytes: $0.bytes) }
    }
}

extension IssuerDocument: JSONWritable {
    /// Writes the document: each key is a `JsonWebKey` (Controlled Identifiers §2.2.3, RFC 8037 §2) that may assert.
    public func write(to json: inout JSONWriter) {
        json.object { document in
            document.field("@context", ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"])
            document.field("id", issuer)
            document.field("verificationMethod", keys.map { Method(key: $0, issuer: issuer) })
            document.field("assertionMethod", keys.map(\.name))
        }
    }

    private struct Method: JSONWritable {
        let key: Key
        let issuer: String

        func write(to json: inout JSONWriter) {
            json.object { method in
                method.field("id", key.name)
                method.field("type", "JsonWebKey")
                method.field("controller", issuer)
                method.field(
                    "publicKeyJwk",
                    object: { jwk in
                        jwk.field("kty", "OKP")
                        jwk.field("crv", "Ed25519")
                        jwk.field("x", Base64URL.encode(key.bytes))
                    }
                )
            }
        }
    }
}

/// A badge with all that it takes to check it without asking anybody.
public struct BadgeBundle: Sendable {
    /// What everybody may know of the certificate.
    public let certificate: CheckedCertificate
    /// The badge: a JWS in compact form.
    public let credential: String
    /// Who issued it.
    public let issuer: IssuerDocument
    /// Where who issued it is read, also when the tenant is gone.
    public let issuerURL: String
    /// Where the status list is read.
    public let statusListURL: String
    /// The status list as it was when the bundle was made: a JWS in compact form.
    public let statusList: String
    /// Where the certificate is checked.
    public let verificationURL: String
    /// When the bundle was made, UTC.
    public let madeAt: Date

    package init(
        certificate: CheckedCertificate,
        credential: String,
        issuer: IssuerDocument,
        issuerURL: String,
        statusListURL: String,
        statusList: String,
        verificationURL: String,
        madeAt: Date
    ) {
        self.certificate = certificate
        self.credential = credential
        self.issuer = issuer
        self.issuerURL = issuerURL
        self.statusListURL = statusListURL
        self.statusList = statusList
        self.verificationURL = verificationURL
        self.madeAt = madeAt
    }
}

/// What must stay readable of a tenant's badges when it is gone: two kinds of files at the addresses that the badges name.
public struct IssuerArchive: Sendable {
    /// Who issued them; read where its name says.
    public let issuer: IssuerDocument
    /// The status lists: where each is read, and the JWS that is to be found there.
    public let statusLists: [(url: String, credential: String)]

    package init(issuer: IssuerDocument, statusLists: [(url: String, credential: String)]) {
        self.issuer = issuer
        self.statusLists = statusLists
    }
}

extension Certificates {
    /// The most lists that an archive holds, each of 131,072 certificates.
    static let archivedLists = 64

    /// Reads who issues the tenant's badges.
    ///
    /// - Parameter reader: Anybody, in which tenant.
    /// - Returns: The issuer's document.
    /// - Throws: `CertificateError.notFound` before the first certificate was prepared; `.keys`.
    public func issuer(reader: TenantReader) async throws(CertificateError) -> IssuerDocument {
        try await withKeys(reader: reader) { keys in
            guard let issuer = IssuerDocument(keys) else { throw CertificateError.notFound }
            return issuer
        }
    }

    /// Reads a status list, signed.
    ///
    /// - Parameters:
    ///   - number: Which list, from 0.
    ///   - reader: Anybody, in which tenant.
    /// - Returns: The list as a JWS in compact form, as it is now.
    /// - Throws: `CertificateError.notFound` if there is no such list; `.badgesNotBuilt`; `.keys`.
    public func statusList(_ number: Int, reader: TenantReader) async throws(CertificateError) -> String {
        do {
            return try await statusList(number, of: nil, reader: reader)
        } catch {
            throw CertificateError(any: error)
        }
    }

    /// Lets a new key sign a tenant's badges and status lists; the issuer stays who it is.
    ///
    /// Earlier keys stay in the issuer's document, so that what they signed is still verified. There is none before the first
    /// certificate was prepared.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Runs the statements.
    /// - Returns: The name of the key that signs now.
    /// - Throws: `CertificateError.notFound` before the first certificate was prepared; `.keys`; `.database`.
    public func rotateKey(of tenant: TenantID, tenants: Tenants) async throws(CertificateError) -> String {
        do {
            let reader = tenants.reader(for: tenant, as: Self.principal)
            let before = try await keys.all(reader: reader)
            guard let newest = before.first else { throw CertificateError.notFound }
            let new = try await keys.insertion(
                at: newest.address,
                after: before.count,
                of: tenant,
                tenants: tenants,
                as: Self.principal
            )
            let event = AuditEvent("credential_key.rotated", on: new.id)
            _ = try await tenants.write(
                [new.statement, audit.recording(event, by: Self.principal)],
                for: tenant,
                as: Self.principal
            )
            guard let key = try await keys.all(reader: reader).first else { throw CertificateError.notFound }
            return key.name
        } catch {
            throw CertificateError(any: error)
        }
    }

    /// Signs the badge of a certificate.
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - tenant: Its tenant.
    ///   - reader: Who reads.
    /// - Returns: The badge with all that it takes to check it.
    /// - Throws: `CertificateError.notFound`; `.revoked`, but for those who manage certificates; `.notPrepared`;
    ///   `.badgesNotBuilt`; `.keys`.
    public func badge(
        of id: Certificate.ID,
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(CertificateError) -> BadgeBundle {
        let certificate = try await given(id, reader: reader)
        return try await withKeys(reader: reader) { keys in
            guard let key = keys.first, let issuer = IssuerDocument(keys) else { throw CertificateError.notPrepared }
            guard let row = try await reader.read(.selectStatusPosition(of: id)).only else {
                throw CertificateError.notFound
            }
            let position: Int = try row[0]
            let list = position / StatusList.length
            return BadgeBundle(
                certificate: CheckedCertificate(certificate, at: clock.now()),
                credential: try badge(of: certificate, at: position, of: tenant, key: key),
                issuer: issuer,
                issuerURL: key.documentURL,
                statusListURL: StatusList.url(list, of: key),
                statusList: try await statusList(list, of: key, reader: reader),
                verificationURL: verificationURL(of: certificate, at: tenant),
                madeAt: clock.now()
            )
        }
    }

    /// Gathers what must stay readable when the tenant is gone.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: The issuer's document and all status lists, signed.
    /// - Throws: `CertificateError.forbidden` without `certificate:manage`; `.notFound` before the first certificate was
    ///   prepared; `.badgesNotBuilt`; `.keys`.
    public func archive(reader: TenantReader) async throws(CertificateError) -> IssuerArchive {
        guard reader.principal.may(.certificateManage, on: .foreign) else { throw .forbidden }
        return try await gatherArchive(reader: reader)
    }

    /// Gathers the same for whoever reads.
    func gatherArchive(reader: TenantReader) async throws(CertificateError) -> IssuerArchive {
        try await withKeys(reader: reader) { keys in
            guard let key = keys.first, let issuer = IssuerDocument(keys) else { throw CertificateError.notFound }
            guard let row = try await reader.read(.selectLastStatusPosition()).only else {
                throw CertificateError.notFound
            }
            let last: Int = try row[0]
            let count = min(last / StatusList.length + 1, Self.archivedLists)
            var lists: [(url: String, credential: String)] = []
            for number in 0..<count {
                let list = try await statusList(number, of: key, reader: reader)
                lists.append((StatusList.url(number, of: key), list))
            }
            return IssuerArchive(issuer: issuer, statusLists: lists)
        }
    }

    /// Where a certificate is checked.
    ///
    /// - Parameters:
    ///   - certificate: The certificate.
    ///   - tenant: Its tenant.
    /// - Returns: The address of a page.
    public func verificationURL(of certificate: Certificate, at tenant: Tenant) -> String {
        links.address(of: "/verify/\(certificate.number)", at: tenant)
    }

    func badge(
        of certificate: Certificate,
        at position: Int,
        of tenant: Tenant,
        key: CredentialKey
    ) throws -> String {
        let credential = SignedCredential(
            badgeOf: certificate,
            at: position,
            issuerName: tenant.name,
            issuerURL: key.isOnPlatform ? links.address(of: "/", at: tenant) : key.address,
            key: key
        )
        return try credential.signed(with: key, cryptography)
    }

    /// For how long a signed list is given out, in seconds, if nothing changes: less than it says that a copy may be kept.
    private static let listLifetime: Double = 240

    /// A status list, signed by the newest key, which is opened unless it is given.
    ///
    /// It is made anew when a further bit is set, because none is ever taken back: how many are set is the list's version, which
    /// is asked of the database each time, so that every process tells of a revocation at once.
    private func statusList(_ number: Int, of known: CredentialKey?, reader: TenantReader) async throws -> String {
        guard let row = try await reader.read(.selectStatusListVersion(of: number)).only else {
            throw CertificateError.notFound
        }
        let (count, last, newest): (Int, Int, CredentialKey.ID?) = (try row[0], try row[1], try row[2])
        guard let newest, last > 0, number <= last / StatusList.length else { throw CertificateError.notFound }
        guard let compress = ports.compress else { throw CertificateError.badgesNotBuilt }
        let now = clock.now()
        let name = TenantCacheKey(reader.tenant, .cache, "status-list:\(number):\(newest):\(count)")
        if let list = lists.value(for: name, at: now) { return list }
        var key = known
        if key?.id != newest { key = try await keys.all(reader: reader).first }
        guard let key else { throw CertificateError.notFound }
        let positions: [Int] = try await reader.read(.selectRevokedPositions(in: number)).map { row in try row[0] }
        let list = StatusList(number, revoked: positions)
        let whole = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let signed = try list.credential(of: key, at: whole, encodedList: try list.encoded(compress))
            .signed(with: key, cryptography)
        lists.store(signed, for: name, until: now.addingTimeInterval(Self.listLifetime), at: now)
        return signed
    }

    /// Runs something with the tenant's keys, with its failures told in the words of the feature.
    func withKeys<Result>(
        reader: TenantReader,
        _ body: ([CredentialKey]) async throws -> Result
    ) async throws(CertificateError) -> Result {
        do {
            return try await body(try await keys.all(reader: reader))
        } catch {
            throw CertificateError(any: error)
        }
    }
}

extension CertificateError {
    /// Tells a failure of any of the services that certificates need.
    init(any error: any Error) {
        switch error {
        case let error as CertificateError: self = error
        case let error as KeyError: self = .keys(error)
        case let error as DatabaseError: self = CertificateError(error)
        case let error as CertificatePressError: self = CertificateError(error)
        case let error as BlobError: self = CertificateError(error)
        case is CryptographyError: self = .keys(.unusable)
        default: self = .database(.cancelled)
        }
    }
}
