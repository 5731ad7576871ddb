// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CourseRoutesTests {
    @Test func `a course is drafted, filled, published and read by a stranger`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let course = try await school.course("مقدمة في البرمجة")
            #expect(course.json["slug"]?.text == "مقدمة-في-البرمجة")
            let path = try school.path(of: course)
            let module = try await school.write("POST", path + "/modules", #"{"title":"Start"}"#)
            #expect(module.status == 201)
            let modulePath = "\(path)/modules/\(try school.id(of: module))"
            let lesson = try await school.write(
                "POST",
                modulePath + "/lessons",
                #"{"title":"Values","type":"reading","isPreview":true}"#
            )
            #expect(lesson.status == 201)
            let lessonPath = "\(path)/lessons/\(try school.id(of: lesson))"
            let content = try await school.write(
                "PUT",
                lessonPath + "/content",
                #"{"blocks":[{"kind":"html","text":"<p>Hi<script>x()</script></p>"}]}"#
            )
            #expect(content.status == 200)
            #expect(try await school.see(path).status == 404)
            #expect(try await school.see(lessonPath).code == "LESSON_NOT_FOUND")
            #expect(try await school.write("POST", path + "/publish").json["status"]?.text == "published")
            let shown = try await school.see(path)
            #expect(shown.status == 200)
            #expect(try await school.see(path, as: school.student).text == shown.text)
            #expect(
                try await school.see(
                    "/api/v1/courses/slug/%D9%85%D9%82%D8%AF%D9%85%D8%A9-%D9%81%D9%8A-%D8%A7%D9%84%D8%A8%D8%B1%D9%85%D8%AC%D8%A9"
                ).text == shown.text
            )
            let read = try await school.see(lessonPath)
            #expect(read.text.contains("<p>Hi</p>"))
            #expect(!read.text.contains("script"))
            #expect(try await school.see(path + "/is-free").json["isFree"] == .bool(true))
            #expect(try await school.see(path + "/is-published").json["isPublished"] == .bool(true))
        }
    }

    @Test func `the catalog pages on with a cursor that a cache may share`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            for index in 0..<3 {
                let path = try school.path(of: try await school.course("Course \(index)"))
                _ = try await school.write("POST", path + "/publish")
            }
            _ = try await school.course("A draft")
            let first = try await school.see("/api/v1/courses?limit=2&sort=title")
            #expect(first.json["total"]?.integer == 3)
            let cursor = try #require(first.json["nextCursor"]?.text)
            #expect(try await school.see("/api/v1/courses?limit=2&sort=title", as: school.teacher).text == first.text)
            let rest = try await school.see(
                "/api/v1/courses?limit=2&sort=title&cursor=\(cursor)",
                as: school.student
            )
            #expect(rest.items.count == 1)
            #expect(rest.json["nextCursor"] == nil)
            let other = try await school.see("/api/v1/courses?limit=2&sort=newest&cursor=\(cursor)")
            #expect(other.code == "INVALID_CURSOR")
            #expect(try await school.see("/api/v1/courses?status=draft").items.isEmpty)
            #expect(try await school.see("/api/v1/courses?status=lost").code == "VALIDATION_FAILED")
            #expect(try await school.see("/api/v1/courses/me", as: school.teacher).items.count == 4)
            let second = try await school.see("/api/v2/courses?page=1&size=2")
            #expect(second.json["metadata"]?["totalPages"]?.integer == 2)
        }
    }

    @Test func `an update of what somebody else changed is refused`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let course = try await school.course("Swift")
            let path = try school.path(of: course)
            let tag = try #require(try await school.see(path, as: school.teacher)[.etag])
            let fields = ["If-Match: \(tag)"]
            let first = try await school.write("PATCH", path, #"{"title":"Swift 6"}"#, fields: fields)
            #expect(first.status == 200)
            let late = try await school.write("PATCH", path, #"{"title":"Swift 5"}"#, fields: fields)
            #expect(late.status == 412)
            #expect(try await school.write("PATCH", path, "{}", fields: ["If-Match: \"x\""]).status == 412)
            let fresh = ["If-Match: \(try #require(first[.etag]))"]
            let put = try await school.write("PUT", path, #"{"title":"Swift 7"}"#, fields: fresh)
            #expect(put.json["title"]?.text == "Swift 7")
            #expect(put.json["tags"] == .array([]))
            #expect(try await school.write("PATCH", path, #"{"version":9}"#).code == "VALIDATION_FAILED")
        }
    }

    @Test func `a sync replaces the curriculum and keeps what it names`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let path = try school.path(of: try await school.course("Swift"))
            let lessons = #"[{"title":"One","type":"video"},{"title":"Two","type":"reading"}]"#
            let first = try await school.write(
                "PUT",
                path + "/curriculum/sync",
                #"{"modules":[{"title":"A","lessons":\#(lessons)},{"title":"B"}]}"#
            )
            #expect(first.status == 200)
            guard case .array(let modules) = first.json["modules"], modules.count == 2 else {
                Issue.record("no modules")
                return
            }
            let kept = try #require(modules[1]["id"]?.text)
            let second = try await school.write(
                "POST",
                path + "/curriculum/sync",
                #"{"modules":[{"title":"New","sortOrder":1},{"id":"\#(kept)","title":"B","sortOrder":0}]}"#
            )
            guard case .array(let after) = second.json["modules"] else {
                Issue.record("no modules")
                return
            }
            #expect(after.map { $0["title"]?.text } == ["B", "New"])
            #expect(after.first?["id"]?.text == kept)
            let strange = try school.id(of: try await school.course("Other"))
            let foreign = #"{"modules":[{"id":"\#(strange)","title":"B"}]}"#
            #expect(try await school.write("PUT", path + "/curriculum/sync", foreign).code == "FOREIGN_ENTRY")
            let script =
                #"{"modules":[{"title":"A","lessons":[{"title":"L","type":"video","blocks":[{"kind":"video","source":"javascript:x"}]}]}]}"#
            #expect(try await school.write("PUT", path + "/curriculum/sync", script).code == "VALIDATION_FAILED")
        }
    }

    @Test func `a student changes nothing, and what is a draft is to them what never was`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let draft = try school.path(of: try await school.course("Secret"))
            let never = "/api/v1/courses/01890a5d-ac96-774b-bcce-b302099a8057"
            for suffix in ["", "/modules", "/is-free"] {
                let one = try await school.see(draft + suffix, as: school.student)
                let other = try await school.see(never + suffix, as: school.student)
                #expect(one.status == 404)
                #expect(one.comparable == other.comparable)
            }
            let refused = try await school.host.send(
                "POST",
                "/api/v1/courses",
                to: tenant,
                token: school.student,
                json: #"{"title":"Mine"}"#
            )
            #expect(refused.code == "FORBIDDEN")
        }
    }
}
