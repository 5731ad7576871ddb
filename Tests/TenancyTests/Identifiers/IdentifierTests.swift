// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Synchronization
import Testing

@Suite struct IdentifierTests {
    enum Thing {}

    @Test func `identifiers made later sort later`() {
        let early = IdentifierSource(clock: WallClock { Date(timeIntervalSince1970: 1_000) }).next(Thing.self)
        let late = IdentifierSource(clock: WallClock { Date(timeIntervalSince1970: 1_000.001) }).next(Thing.self)
        #expect(early < late)
    }

    @Test func `identifiers of one source sort as they were made, also within a millisecond and backwards`() async {
        let clock = Mutex(1_000.0)
        let source = IdentifierSource(clock: WallClock { Date(timeIntervalSince1970: clock.withLock { $0 }) })
        var made = (0..<5_000).map { _ in source.next(Thing.self) }
        clock.withLock { $0 = 999 }
        made.append(source.next(Thing.self))
        #expect(made == made.sorted())
        let all = await withTaskGroup(of: [Identifier<Thing>].self) { group in
            for _ in 0..<4 { group.addTask { (0..<1_000).map { _ in source.next(Thing.self) } } }
            return await group.reduce(into: Set<Identifier<Thing>>()) { all, some in
                #expect(some == some.sorted())
                all.formUnion(some)
            }
        }
        #expect(all.count == 4_000)
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

    @Test func `an identifier's text is Foundation's in lower case`() {
        for _ in 0..<1_000 {
            let uuid = UUID()
            #expect(uuid.lowercaseText == uuid.uuidString.lowercased())
        }
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
