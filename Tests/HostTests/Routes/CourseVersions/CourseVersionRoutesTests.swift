// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CourseVersionRoutesTests {
    @Test func `a version is drafted once, published, and learners go on in it`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let owner = try await world.host.member("owner", .owner, of: tenant)
            let place = try await world.enroll(world.student)
            let path = "v1/courses/\(world.course)"
            let once = ["Idempotency-Key: next"]
            let made = try await world.send("POST", "\(path)/versions", as: world.teacher, fields: once)
            #expect(made.status == 201)
            let next = try #require(made.json["id"]?.text)
            let repeated = try await world.send("POST", "\(path)/versions", as: world.teacher, fields: once)
            #expect(repeated.json["id"]?.text == next)
            #expect(try await world.send("POST", "\(path)/versions", as: world.teacher).code == "VERSION_IN_PROGRESS")
            #expect(try await world.send("POST", "\(path)/versions", as: world.student).status == 403)

            let hidden = try await world.send("GET", "v1/courses/\(next)", as: world.student)
            let unknown = IdentifierSource().next(Course.self)
            let never = try await world.send("GET", "v1/courses/\(unknown)", as: world.student)
            #expect(hidden.status == 404 && hidden.code == never.code)
            #expect(try await world.send("GET", "\(path)/versions", as: world.student).json.items.count == 1)
            #expect(try await world.send("GET", "\(path)/versions", as: world.teacher).json.items.count == 2)

            #expect(try await world.send("POST", "v1/courses/\(next)/publish", as: world.teacher).status == 200)
            let versions = try await world.send("GET", "\(path)/versions", as: world.student).json.items
            #expect(versions.map { $0["version"]?.number } == [2, 1])
            #expect(versions.map { $0["isCurrent"] } == [.bool(true), .bool(false)])
            #expect(try await world.send("GET", "\(path)/versions", as: nil).code == "COURSE_NOT_FOUND")
            #expect(try await world.send("POST", "\(path)/enroll", as: world.other).code == "COURSE_NOT_FOUND")
            #expect(try await world.send("POST", "\(path)/publish", as: owner).code == "COURSE_SUPERSEDED")

            let target = "v1/courses/\(next)/versions/2"
            let preview = try await world.send("GET", "\(target)/migration-preview?from=1", as: owner)
            #expect(preview.json.items.map { $0["outcome"]?.text } == ["moved"])
            for body in [#"{"from":1}"#, #"{"from":1,"all":true,"userIds":["\#(world.student.user)"]}"#] {
                #expect(try await world.send("POST", "\(target)/migrate", as: owner, body).status == 400)
            }
            let everybody = #"{"from":1,"all":true}"#
            #expect(try await world.send("POST", "\(target)/migrate", as: world.teacher, everybody).status == 403)
            #expect(try await world.send("POST", "v1/enrollments/\(place)/migrate", as: world.other).status == 404)
            let own = try await world.send("POST", "v1/enrollments/\(place)/migrate", as: world.student)
            #expect(own.status == 200 && own.json["courseId"]?.text == next)
            let moved = try await world.send("POST", "\(target)/migrate", as: owner, everybody)
            #expect(moved.status == 200 && moved.json.items.isEmpty && moved.json["hasMore"] == .bool(false))
            let old = try await world.send("GET", "v1/enrollments/\(place)", as: world.student)
            #expect(old.json["status"]?.text == "migrated")
        }
    }

    @Test func `attack: those who are to be moved come in pages, whose cursors are their reader's alone`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let owner = try await world.host.member("owner", .owner, of: tenant)
            let another = try await world.host.member("another", .owner, of: tenant)
            _ = try await world.enroll(world.student)
            _ = try await world.enroll(world.other)
            let made = try await world.send("POST", "v1/courses/\(world.course)/versions", as: world.teacher)
            let next = try #require(made.json["id"]?.text)
            #expect(try await world.send("POST", "v1/courses/\(next)/publish", as: world.teacher).status == 200)
            let preview = "v1/courses/\(next)/versions/2/migration-preview?from=1&limit=1"
            let first = try await world.send("GET", preview, as: owner)
            let cursor = try #require(first.json["nextCursor"]?.text)
            let second = try await world.send("GET", "\(preview)&cursor=\(cursor)", as: owner)
            #expect(second.json["nextCursor"] == nil)
            let learners = (first.json.items + second.json.items).map { $0["userId"]?.text }
            #expect(Set(learners) == ["\(world.student.user)", "\(world.other.user)"])
            let taken = try await world.send("GET", "\(preview)&cursor=\(cursor)", as: another)
            #expect(taken.code == "INVALID_CURSOR")
            let elsewhere = try await world.send("GET", "v1/users?limit=1", as: owner)
            let other = try #require(elsewhere.json["nextCursor"]?.text)
            #expect(try await world.send("GET", "\(preview)&cursor=\(other)", as: owner).code == "INVALID_CURSOR")
        }
    }

    @Test func `a template begins courses and is nobody's to take`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let made = try await world.send("POST", "v1/courses", as: world.teacher, #"{"title":"Frame"}"#)
            let id = try #require(made.json["id"]?.text)
            #expect(try await world.send("PUT", "v1/courses/\(id)/template", as: world.student).status == 403)
            let marked = try await world.send("PUT", "v1/courses/\(id)/template", as: world.teacher)
            #expect(marked.json["isTemplate"] == .bool(true))
            #expect(try await world.send("GET", "v1/course-templates", as: world.student).status == 403)
            let listed = try await world.send("GET", "v1/course-templates?search=fra", as: world.teacher).json.items
            #expect(listed.map { $0["id"]?.text } == [id])
            let published = try await world.send("POST", "v1/courses/\(id)/publish", as: world.teacher)
            #expect(published.code == "TEMPLATE_STATE")
            #expect(try await world.send("GET", "v1/courses/\(id)", as: world.student).code == "COURSE_NOT_FOUND")
            let begin = "v1/course-templates/\(id)/courses"
            #expect(try await world.send("POST", begin, as: world.student, #"{"title":"Mine"}"#).status == 403)
            let begun = try await world.send("POST", begin, as: world.teacher, #"{"title":"Waves"}"#)
            #expect(begun.status == 201 && begun.json["title"]?.text == "Waves")
            #expect(begun.json["isTemplate"] == .bool(false))
            #expect(try await world.send("DELETE", "v1/courses/\(id)/template", as: world.teacher).status == 204)
            let late = try await world.send("POST", begin, as: world.teacher, #"{"title":"More"}"#)
            #expect(late.code == "COURSE_NOT_FOUND")
        }
    }
}
