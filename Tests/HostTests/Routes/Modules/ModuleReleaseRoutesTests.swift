// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ModuleReleaseRoutesTests {
    @Test func `attack: neither content, files nor progress are had before a module is released`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let made = try await world.host.importCourse("Drip", as: .published, by: world.teacher.user, at: tenant)
            let outline = try await world.send("GET", "v1/courses/\(made.course)", as: world.teacher)
            let module = try #require(outline.json["modules"]?[0]?["id"]?.text)
            let lesson = try #require(outline.json["modules"]?[0]?["lessons"]?[0]?["id"]?.text)
            let content = "v1/courses/\(made.course)/lessons/\(lesson)"
            let read = try await world.send("GET", content, as: world.teacher)
            let start = try #require(read.text.firstRange(of: "/api/v1/files/"))
            let file = "v1/files/\(read.text[start.upperBound...].prefix(36))"
            let enrolled = try await world.send("POST", "v1/courses/\(made.course)/enroll", as: world.student)
            let place = try #require(enrolled.json["id"]?.text)
            let complete = "v1/enrollments/\(place)/lessons/\(lesson)/complete"
            #expect(try await world.send("GET", file, as: world.student).status == 200)

            let instant = world.host.platform.clock.wall.now().addingTimeInterval(60).iso8601Milliseconds
            let path = "v1/courses/\(made.course)/modules/\(module)"
            let both = #"{"releaseAt":"\#(instant)","releaseAfterDays":1}"#
            #expect(try await world.send("PATCH", path, as: world.teacher, both).status == 400)
            let set = try await world.send("PATCH", path, as: world.teacher, #"{"releaseAt":"\#(instant)"}"#)
            #expect(set.json["releaseAt"]?.text == instant)
            let late = try await world.send("PATCH", path, as: world.student, #"{"releaseAt":null}"#)
            #expect(late.status == 403)

            let listed = try await world.send("GET", "v1/courses/\(made.course)/modules", as: world.student)
            #expect(listed.json["items"]?[0]?["isAvailable"] == .bool(false))
            #expect(listed.json["items"]?[0]?["availableAt"]?.text == instant)
            #expect(listed.json["items"]?[0]?["lessons"]?[0]?["title"]?.text?.contains("Drip") == true)
            for (method, path) in [("GET", content), ("GET", file), ("POST", complete)] {
                let refused = try await world.send(method, path, as: world.student)
                #expect(refused.status == 403 && refused.code == "NOT_YET_AVAILABLE", "\(path)")
                #expect(refused.text.contains(instant))
            }
            #expect(try await world.send("GET", content, as: world.teacher).status == 200)
            #expect(try await world.send("GET", file, as: world.teacher).status == 200)

            world.host.platform.clock.advance(by: 60)
            for (method, path) in [("GET", content), ("GET", file), ("POST", complete)] {
                #expect(try await world.send(method, path, as: world.student).status == 200, "\(path)")
            }
        }
    }
}
