// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// What operators work with.
struct PlatformServices: Sendable {
    let operators: Operators
    let administration: TenantAdministration
    let directory: Directory
    let impersonations: Impersonations
    let issuers: IssuerArchives
    let tenants: Tenants
    let identifiers = IdentifierSource()

    init(
        operators: Operators,
        administration: TenantAdministration,
        directory: Directory,
        impersonations: Impersonations,
        issuers: IssuerArchives,
        tenants: Tenants
    ) {
        self.operators = operators
        self.administration = administration
        self.directory = directory
        self.impersonations = impersonations
        self.issuers = issuers
        self.tenants = tenants
    }

    /// The same with nothing behind it, for what only describes the routes.
    init(describing lms: LMSKit.LMS) {
        let installation = InstallationPrefix.standard
        self.init(
            operators: lms.operators(control: NoDatabase()),
            administration: TenantAdministration(control: NoDatabase(), installation: installation, schemaVersion: 0),
            directory: Directory(control: NoDatabase(), installation: installation),
            impersonations: lms.impersonations,
            issuers: IssuerArchives(cell: NoDatabase()),
            tenants: Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil })
        )
    }

    /// Disables an operator: no session of theirs is good, and what they do as users of tenants ends.
    ///
    /// - Parameter email: Whose account.
    /// - Throws: `OperatorError`; `ImpersonationError` if a tenant could not be reached, to be repeated then.
    func disable(_ email: Email) async throws {
        let (found, open) = try await operators.setStatus(.disabled, of: email)
        for (impersonation, tenant) in open {
            do {
                try await impersonations.end(impersonation, of: found.id, at: tenant, from: nil, tenants: tenants)
            } catch ImpersonationError.notFound {
                // It was written down and the tenant refused it.
                continue
            }
        }
    }
}
