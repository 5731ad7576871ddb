// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@Suite struct IdentifierTests {
    enum Thing {}

    @Test func `identifiers made later sort later`() {
        let early = IdentifierSource(clock: WallClock { Date(timeIntervalSince1970: 1_000) }).next(Thing.self)
        let late = IdentifierSource(clock: WallClock { Date(timeIntervalSince1970: 1_000.001) }).next(Thing.self)
        #expect(early < late)
    }

    @Test func `an identifier is version 7 of variant 2`() {
        let text = IdentifierSource().next(Thing.self).description
        #expect(Array(text)[14] == "7")
        #expect("89ab".contains(Array(text)[19]))
    }

    @Test func `an identifier prints in lower case and reads itself back`() throws {
        let id = IdentifierSource().next(Thing.self)
        #expect(id.description == id.description.lowercased())
        #expect(try #require(Identifier<Thing>(id.description.uppercased())) == id)
    }

    @Test(arguments: [
        "", "0", "not-a-uuid", "018f0000-0000-7000-8000-00000000000", "{018f0000-0000-7000-8000-000000000000}",
        "+18f0000-0000-7000-8000-000000000000", " 18f0000-0000-7000-8000-000000000000",
        "018f0000-0000-7000-8000-00000000000g", "018f0000 0000-7000-8000-000000000000",
    ])
    func `text that is no identifier is refused`(text: String) {
        #expect(Identifier<Thing>(text) == nil)
    }

    @Test func `a schema's name is opaque, fits PostgreSQL and sorts as the identifier does`() throws {
        let low = try #require(TenantID("018f0000-0000-7000-8000-000000000000"))
        let high = try #require(TenantID("018f0000-0000-7000-8000-000000000001"))
        #expect(SchemaName(low).description.count == 28)
        #expect(SchemaName(low).description < SchemaName(high).description)
    }

    @Test(arguments: ["acme", "a1", "my-school", "x0-9"])
    func `a DNS label is a slug`(text: String) {
        #expect(TenantSlug(text)?.description == text)
    }

    @Test(arguments: ["", "a", "-acme", "acme-", "Acme", "a_b", "a.b", "é", String(repeating: "a", count: 41)])
    func `what is no DNS label in lower case is no slug`(text: String) {
        #expect(TenantSlug(text) == nil)
    }
}
