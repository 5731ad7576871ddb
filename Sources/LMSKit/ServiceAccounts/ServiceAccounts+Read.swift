// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension ServiceAccounts {
    private static let order = "newest"

    /// Reads an account in one round trip.
    ///
    /// - Parameters:
    ///   - id: The account.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The account.
    /// - Throws: `ServiceAccountError.notFound`, also for one that the principal may not manage.
    public func fetch(
        _ id: ServiceAccount.ID,
        reader: TenantReader
    ) async throws(ServiceAccountError) -> ServiceAccount {
        try await ServiceAccountError.translating {
            let account = try await reader.read(.selectServiceAccount(id)).only.map(ServiceAccount.init(row:))
            guard let account, ServiceAccounts.maySee(account, reader.principal) else {
                throw ServiceAccountError.notFound
            }
            return account
        }
    }

    /// Lists accounts, the newest first: all of them for who manages all, else those that the principal answers for.
    ///
    /// - Parameters:
    ///   - isOwnerActive: `false` for those for which nobody active answers, `true` for the others; `nil` for both.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most accounts to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `ServiceAccountError.forbidden` without `service_account:manage`; `.invalidPosition`.
    public func list(
        isOwnerActive: Bool? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ServiceAccountError) -> Page<ServiceAccount> {
        if let position, position.order != ServiceAccounts.order { throw .invalidPosition }
        let principal = reader.principal
        var owner: User.ID?
        if !principal.may(.serviceAccountManage, on: .foreign) {
            guard let me = principal.user, principal.may(.serviceAccountManage, on: .own) else { throw .forbidden }
            owner = me
        }
        let statement = SQL.listServiceAccounts(
            of: owner,
            isOwnerActive: isOwnerActive,
            after: position.map { ServiceAccount.ID($0.id) },
            limit: limit.withProbe
        )
        return try await ServiceAccountError.translating {
            Page(cutting: try await reader.read(statement).map(ServiceAccount.init(row:)), limit: limit.count) {
                PagePosition(order: ServiceAccounts.order, id: $0.id.uuid)
            }
        }
    }
}
