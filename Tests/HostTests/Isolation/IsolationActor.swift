// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

/// Who tries to get at what is not theirs.
enum IsolationActor: Sendable, Hashable, CaseIterable, CustomTestStringConvertible {
    case anonymous
    case builtIn(BuiltInRole)
    /// Holds every permission there is, each for their own objects.
    case everythingOwn

    static var allCases: [IsolationActor] {
        [.anonymous, .everythingOwn] + BuiltInRole.allCases.map { .builtIn($0) }
    }

    var grants: Grants {
        switch self {
        case .anonymous: Grants()
        case .builtIn(let role): role.grants
        case .everythingOwn: Grants(Dictionary(uniqueKeysWithValues: Permission.known.map { ($0, .own) }))
        }
    }

    var testDescription: String {
        switch self {
        case .anonymous: "nobody"
        case .builtIn(let role): role.rawValue
        case .everythingOwn: "everything-own"
        }
    }

    /// Signs them in.
    ///
    /// - Returns: `nil` for nobody.
    func enter(_ tenant: TestTenant, of host: PlatformHost) async throws -> PlatformHost.Session? {
        switch self {
        case .anonymous: return nil
        case .builtIn(let role): return try await host.member("actor", role, of: tenant)
        case .everythingOwn:
            let name = try #require(Role.Name("everything-own"))
            try await tenant.transaction { session in
                _ = try await host.platform.lms.roles.create(name, description: "", grants: grants, session: session)
            }
            return try await host.member("actor", holding: [name], of: tenant)
        }
    }
}
