// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CatalogTests {
    @Test func `the catalog is what is published, the same for everybody`() async throws {
        try await CourseWorld.with { world in
            let published = try await world.course("Public").course.id
            _ = try await world.course("Secret", status: .draft)
            for principal in [world.admin, world.teacher, world.learner, .anonymous] {
                let listing = try await world.lms.courses.list(reader: world.tenant.reader(as: principal))
                #expect(listing.page.items.map(\.id) == [published])
                #expect(listing.total == 1)
            }
        }
    }

    @Test func `a filter by status shows drafts to their staff and to nobody else`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course("Secret", status: .draft).course.id
            var query = CourseQuery()
            query.scope = .visible
            query.status = .draft
            for (principal, expected) in [
                (world.admin, [draft]), (world.teacher, [draft]), (world.stranger, []), (world.learner, []),
                (.anonymous, []),
            ] {
                let listing = try await world.lms.courses.list(query, reader: world.tenant.reader(as: principal))
                #expect(listing.page.items.map(\.id) == expected)
            }
            query.scope = .mine
            for (principal, expected) in [(world.teacher, [draft]), (world.admin, []), (.anonymous, [])] {
                let listing = try await world.lms.courses.list(query, reader: world.tenant.reader(as: principal))
                #expect(listing.page.items.map(\.id) == expected)
            }
        }
    }

    @Test(arguments: CourseQuery.Order.allCases)
    func `pages in every order show each course once`(order: CourseQuery.Order) async throws {
        try await CourseWorld.with { world in
            let dollar = try #require(Currency("USD"))
            for number in 0..<7 {
                _ = try await world.course("Course \(number % 3)") {
                    $0.price = .set(Money(minorUnits: number % 2 * 100, currency: dollar))
                }
            }
            var query = CourseQuery()
            query.order = order
            var seen: [Course] = []
            var position: PagePosition?
            repeat {
                let page = try await world.lms.courses.list(
                    query,
                    after: position,
                    limit: PageLimit(2),
                    reader: world.tenant.reader(as: .anonymous)
                ).page
                #expect(page.items.count <= 2)
                seen += page.items
                position = page.next
            } while position != nil
            #expect(Set(seen.map(\.id)).count == 7)
            #expect(seen.count == 7)
            switch order {
            case .newest: #expect(seen.map(\.id) == seen.map(\.id).sorted(by: >))
            case .title: #expect(seen.map(\.title) == seen.map(\.title).sorted())
            case .priceAscending: #expect(seen.map(\.isFree) == [true, true, true, true, false, false, false])
            case .priceDescending: #expect(seen.map(\.isFree) == [false, false, false, true, true, true, true])
            default: break
            }
        }
    }

    @Test func `a position of another order is refused`() async throws {
        try await CourseWorld.with { world in
            await #expect(throws: CourseError.invalidPosition) {
                _ = try await world.lms.courses.list(
                    after: PagePosition(order: "title", key: "a", id: IdentifierSource().next(Course.self).uuid),
                    reader: world.tenant.reader()
                )
            }
        }
    }

    @Test func `filters and search narrow the catalog`() async throws {
        try await CourseWorld.with { world in
            let physics = try await world.course("Physics") {
                $0.category = .set("science")
                $0.level = .set(.beginner)
                $0.tags = .set(["a", "b"])
                $0.isFeatured = .set(true)
                $0.description = .set("Of 100% matter_and ÉNERGIE")
            }.course.id
            let music = try await world.course("Music") { $0.tags = .set(["b"]) }.course.id
            func found(_ change: (inout CourseQuery) -> Void) async throws -> Set<Course.ID> {
                var query = CourseQuery()
                change(&query)
                let reader = world.tenant.reader(as: .anonymous)
                return Set(try await world.lms.courses.list(query, reader: reader).page.items.map(\.id))
            }
            #expect(try await found { $0.category = "science" } == [physics])
            #expect(try await found { $0.level = .beginner } == [physics])
            #expect(try await found { $0.level = .advanced } == [])
            #expect(try await found { $0.tags = ["b"] } == [physics, music])
            #expect(try await found { $0.tags = ["a", "b"] } == [physics])
            #expect(try await found { $0.isFeatured = false } == [music])
            #expect(try await found { $0.isFree = true } == [physics, music])
            #expect(try await found { $0.search = "MUS" } == [music])
            #expect(try await found { $0.search = "100% matter_and" } == [physics])
            #expect(try await found { $0.search = "100_" } == [])
            #expect(try await found { $0.status = .draft } == [])
        }
    }
}
