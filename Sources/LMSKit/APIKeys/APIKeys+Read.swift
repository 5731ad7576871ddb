// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension APIKeys {
    private static let order = "newest"

    /// Reads a key in one round trip.
    ///
    /// - Parameters:
    ///   - id: The key.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The key.
    /// - Throws: `APIKeyError.notFound`, also for another's key without `api_key:manage`.
    public func fetch(_ id: APIKey.ID, reader: TenantReader) async throws(APIKeyError) -> APIKey {
        try await APIKeyError.translating {
            let key = try await reader.read(.selectKey(id)).only.map(APIKey.init(row:))
            guard let key, APIKeys.maySee(key, reader.principal) else { throw APIKeyError.notFound }
            return key
        }
    }

    /// Lists the keys of a service account, the newest first, also those that are over.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most keys to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page; an empty one of an account that the principal may not manage.
    /// - Throws: `APIKeyError.invalidPosition`.
    public func list(
        of account: ServiceAccount.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(APIKeyError) -> Page<APIKey> {
        if let position, position.order != APIKeys.order { throw .invalidPosition }
        let statement = SQL.listKeys(
            of: .service(account),
            after: position.map { APIKey.ID($0.id) },
            limit: limit.withProbe
        )
        let principal = reader.principal
        return try await APIKeyError.translating {
            let keys = try await reader.read(statement).map(APIKey.init(row:))
            // All are of one account: one that may not be seen is one whose keys may not.
            guard keys.allSatisfy({ APIKeys.maySee($0, principal) }) else { return Page(items: [], next: nil) }
            return Page(cutting: keys, limit: limit.count) { PagePosition(order: APIKeys.order, id: $0.id.uuid) }
        }
    }

    /// Lists keys, the newest first, also those that are over.
    ///
    /// - Parameters:
    ///   - owner: Whose; `nil` for the principal's own, or everybody's for who holds `api_key:manage`.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most keys to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page; an empty one of whom the principal may not know.
    /// - Throws: `APIKeyError.invalidPosition`.
    public func list(
        of owner: User.ID? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(APIKeyError) -> Page<APIKey> {
        if let position, position.order != APIKeys.order { throw .invalidPosition }
        let principal = reader.principal
        var chosen = owner
        if !principal.may(.apiKeyManage, on: .foreign) {
            guard let me = principal.user, owner == nil || owner == me else { return Page(items: [], next: nil) }
            chosen = me
        }
        let statement = SQL.listKeys(
            of: chosen.map { .user($0) },
            after: position.map { APIKey.ID($0.id) },
            limit: limit.withProbe
        )
        return try await APIKeyError.translating {
            Page(cutting: try await reader.read(statement).map(APIKey.init(row:)), limit: limit.count) {
                PagePosition(order: APIKeys.order, id: $0.id.uuid)
            }
        }
    }
}
