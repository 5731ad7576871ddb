// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct WishRoutesTests {
    @Test func `a course is wished for, listed, given up, and trends once it is taken`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let path = "v1/wishlist/\(world.course)"
            #expect(try await world.send("PUT", path, as: world.student).status == 204)
            #expect(try await world.send("PUT", path, as: world.student).status == 204)
            let never = "v1/wishlist/\(IdentifierSource().next(Course.self))"
            #expect(try await world.send("PUT", never, as: world.student).code == "COURSE_NOT_FOUND")
            let list = try await world.send("GET", "v1/wishlist", as: world.student)
            #expect(list.json["items"]?[0]?["title"]?.text == "Physics")
            #expect(list.json["items"]?[1] == nil)
            #expect(try await world.send("GET", "v1/wishlist", as: world.other).json["items"] == .array([]))
            #expect(try await world.send("GET", "v1/wishlist", as: nil).status == 401)
            #expect(try await world.send("DELETE", path, as: world.student).status == 204)
            #expect(try await world.send("GET", "v1/wishlist", as: world.student).json["items"] == .array([]))

            _ = try await world.enroll(world.student)
            let trending = try await world.send("GET", "v1/courses/trending", as: nil)
            #expect(trending.json["items"]?[0]?["title"]?.text == "Physics")
        }
    }
}
