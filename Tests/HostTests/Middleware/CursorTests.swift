// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct CursorTests {
    private func cursors(tenant: String = "acme", route: String = "/a", user: Principal = .anonymous) throws -> Cursors
    {
        Cursors(
            cryptography: FakeCryptography(),
            secret: Secret([1, 2, 3]),
            tenant: try #require(TestHost.tenant(tenant)).id,
            route: route,
            principal: user
        )
    }

    private let position = Cursors.Position(
        order: "newest",
        key: "2026-01-31",
        id: IdentifierSource().next(Sample.self).uuid
    )

    @Test func `a cursor leads back to its place`() throws {
        let text = try cursors().seal(position)
        #expect(try cursors().open(text) == position)
    }

    @Test func `a cursor of another tenant, list or user is not valid`() throws {
        let text = try cursors().seal(position)
        let user = Principal(.user(IdentifierSource().next()), grants: Grants())
        for other in [try cursors(tenant: "globex"), try cursors(route: "/b"), try cursors(user: user)] {
            #expect(throws: Problem.self) { try other.open(text) }
        }
    }

    @Test(arguments: ["", "x", "%%%", "AAAA", String(repeating: "A", count: 4000)])
    func `what is no cursor is refused`(text: String) throws {
        let cursors = try cursors()
        let error = #expect(throws: Problem.self) { try cursors.open(text) }
        #expect(error?.code == .invalidCursor)
    }
}
