// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What links a user to a provider.
public struct FederatedIdentity: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<FederatedIdentity>
    /// The identifier.
    public let id: ID
    /// The provider.
    public let provider: IdentityProvider.ID
    /// What the provider is called.
    public let providerName: String
    /// The provider's dialect.
    public let kind: IdentityProvider.Kind
    /// The address that the provider told when they were linked.
    public let email: Email?
    /// When they were linked, in UTC.
    public let linkedAt: Date
    /// When it was signed in with last, in UTC.
    public let lastUsedAt: Date?

    /// Reads `listIdentities`.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        provider = try fields.next()
        providerName = try fields.next()
        kind = try fields.next()
        email = try fields.next()
        linkedAt = try fields.next()
        lastUsedAt = try fields.next()
    }

    private init(example: ID) {
        id = example
        provider = IdentityProvider.ID(example.uuid)
        providerName = "Example University"
        kind = .oidc
        email = .example
        linkedAt = Date(timeIntervalSince1970: 1_800_000_000)
        lastUsedAt = linkedAt
    }

    /// Any identity, for what only describes.
    package static let example = FederatedIdentity(
        example: ID(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057))
    )
}
