// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension IssuerDocument {
    /// Reads what was kept of an issuer; `nil` if a key is none.
    ///
    /// - Parameter archived: What was kept.
    public init?(_ archived: ArchivedIssuer) {
        var keys: [(name: String, bytes: [UInt8])] = []
        for (name, text) in zip(archived.keyNames, archived.publicKeys) {
            guard let bytes = Base64URL.decode(text) else { return nil }
            keys.append((name, bytes))
        }
        self.init(issuer: archived.issuer, keys: keys)
    }
}

extension Certificates {
    /// Keeps who issues a tenant's badges, and which are revoked now, where it outlives the tenant.
    ///
    /// Does nothing before the first certificate was prepared, where no badges are made, and for issuers that are named after an
    /// address of their tenant, which nobody else may serve.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - archives: Where it is kept.
    ///   - tenants: Opens readers.
    /// - Throws: `CertificateError.keys`; `.database`.
    public func keepIssuer(
        of tenant: TenantID,
        in archives: IssuerArchives,
        tenants: Tenants
    ) async throws(CertificateError) {
        let now = clock.now()
        let archive: IssuerArchive
        do {
            archive = try await gatherArchive(reader: tenants.reader(for: tenant, as: Self.principal))
        } catch CertificateError.notFound, CertificateError.badgesNotBuilt {
            return
        } catch {
            throw error
        }
        guard archive.issuer.isOnPlatform else { return }
        let issuer = ArchivedIssuer(
            issuer: archive.issuer.issuer,
            keyNames: archive.issuer.keys.map(\.name),
            publicKeys: archive.issuer.keys.map { Base64URL.encode($0.bytes) },
            statusLists: archive.statusLists.map { $0.credential }
        )
        do {
            try await archives.keep(issuer, of: tenant, from: now)
        } catch {
            throw .database(error)
        }
    }
}
