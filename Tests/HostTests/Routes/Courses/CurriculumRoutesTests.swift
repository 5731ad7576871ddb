// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CurriculumRoutesTests {
    @Test func `modules and lessons are moved, renamed, ordered and removed`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let path = try school.path(of: try await school.course("Swift"))
            let first = try school.id(of: try await school.write("POST", path + "/modules", #"{"title":"A"}"#))
            let second = try school.id(of: try await school.write("POST", path + "/modules", #"{"title":"B"}"#))
            let order = #"{"items":[{"id":"\#(first)","sortOrder":1},{"id":"\#(second)","sortOrder":0}]}"#
            #expect(try await school.write("POST", path + "/modules/reorder", order).status == 204)
            let renamed = try await school.write("PATCH", "\(path)/modules/\(first)", #"{"title":"Last"}"#)
            #expect(renamed.json["title"]?.text == "Last")
            let lessons = "\(path)/modules/\(first)/lessons"
            let one = try await school.write("POST", lessons, #"{"title":"One","type":"reading"}"#)
            let two = try school.id(of: try await school.write("POST", lessons, #"{"title":"Two","type":"video"}"#))
            let id = try school.id(of: one)
            let places = #"{"items":[{"id":"\#(id)","sortOrder":5},{"id":"\#(two)","sortOrder":4}]}"#
            #expect(try await school.write("POST", lessons + "/reorder", places).status == 204)
            #expect(try await school.titles(path) == ["B", "Last", "Two", "One"])
            let tag = try #require(one[.etag])
            let change = #"{"moduleId":"\#(second)","durationMinutes":7}"#
            let late = try await school.write("PATCH", "\(lessons)/\(id)", change, fields: ["If-Match: \(tag)"])
            #expect(late.status == 412)
            #expect(try await school.write("PATCH", "\(lessons)/\(id)", change).json["durationMinutes"]?.integer == 7)
            #expect(try await school.write("PATCH", "\(lessons)/\(id)", "{}").code == "LESSON_NOT_FOUND")
            #expect(try await school.titles(path) == ["B", "One", "Last", "Two"])
            #expect(try await school.write("DELETE", "\(lessons)/\(two)").status == 204)
            #expect(try await school.write("DELETE", "\(path)/modules/\(second)").status == 204)
            #expect(try await school.titles(path) == ["Last"])
        }
    }

    @Test func `a module or lesson of another course is not found in this one`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let mine = try school.path(of: try await school.course("Mine"))
            let other = try school.path(of: try await school.course("Other"))
            let module = try school.id(of: try await school.write("POST", other + "/modules", #"{"title":"A"}"#))
            let lesson = try school.id(
                of: try await school.write(
                    "POST",
                    "\(other)/modules/\(module)/lessons",
                    #"{"title":"One","type":"reading"}"#
                )
            )
            let target = "\(mine)/modules/\(module)"
            #expect(try await school.write("PATCH", target, #"{"title":"X"}"#).code == "MODULE_NOT_FOUND")
            #expect(try await school.write("DELETE", target).code == "MODULE_NOT_FOUND")
            let new = #"{"title":"X","type":"quiz"}"#
            #expect(try await school.write("POST", target + "/lessons", new).code == "MODULE_NOT_FOUND")
            #expect(try await school.see("\(mine)/lessons/\(lesson)", as: school.teacher).code == "LESSON_NOT_FOUND")
            let blocks = #"{"blocks":[]}"#
            #expect(
                try await school.write("PUT", "\(mine)/lessons/\(lesson)/content", blocks).code == "LESSON_NOT_FOUND"
            )
            let order = #"{"items":[{"id":"\#(module)","sortOrder":1}]}"#
            #expect(try await school.write("POST", mine + "/modules/reorder", order).code == "FOREIGN_ENTRY")
        }
    }

    @Test func `a priced course shows its preview and asks for payment`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let json = #"{"title":"Dear","price":{"amount":"12.50","currency":"USD"}}"#
            let path = try school.path(of: try await school.write("POST", "/api/v1/courses", json))
            let lessons = #"[{"title":"Open","type":"video","isPreview":true},{"title":"Shut","type":"video"}]"#
            let tree = try await school.write(
                "PUT",
                path + "/curriculum/sync",
                #"{"modules":[{"title":"A","lessons":\#(lessons)}]}"#
            )
            guard case .array(let modules) = tree.json["modules"], case .array(let made) = modules.first?["lessons"],
                made.count == 2, let open = made[0]["id"]?.text, let shut = made[1]["id"]?.text
            else {
                Issue.record("no lessons")
                return
            }
            _ = try await school.write("POST", path + "/publish")
            #expect(try await school.see("\(path)/lessons/\(open)").status == 200)
            let refused = try await school.see("\(path)/lessons/\(shut)", as: school.student)
            #expect(refused.status == 402)
            _ = try await school.write("PATCH", path, #"{"price":null}"#)
            let free = try await school.see("\(path)/lessons/\(shut)", as: school.student)
            #expect(free.code == "ENROLLMENT_NEEDED")
            _ = try await school.write("PATCH", path, #"{"isOpen":true}"#)
            #expect(try await school.see("\(path)/lessons/\(shut)").status == 200)
        }
    }

    @Test func `courses are copied, put away in bulk and deleted`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let course = try await school.course("Swift")
            let path = try school.path(of: course)
            let copy = try await school.write("POST", path + "/duplicate")
            #expect(copy.status == 201)
            #expect(copy.json["title"]?.text == "Copy of Swift")
            let ids = #"["\#(try school.id(of: course))","\#(try school.id(of: copy))"]"#
            let bulk = try await school.write(
                "PATCH",
                "/api/v1/courses/admin/bulk-status",
                #"{"courseIds":\#(ids),"status":"archived"}"#
            )
            guard case .array(let changed) = bulk.json["changed"] else {
                Issue.record("nothing changed")
                return
            }
            #expect(changed.count == 2)
            #expect(try await school.write("POST", path + "/draft").json["status"]?.text == "draft")
            #expect(try await school.write("POST", path + "/archive").json["status"]?.text == "archived")
            #expect(try await school.see("/api/v1/courses/admin", as: school.teacher).items.count == 2)
            #expect(try await school.see("/api/v1/courses/admin", as: school.student).status == 403)
            #expect(try await school.write("DELETE", path).status == 204)
            #expect(try await school.see(path, as: school.teacher).code == "COURSE_NOT_FOUND")
        }
    }
}

extension School {
    /// The titles of modules and their lessons, from top to bottom.
    fileprivate func titles(_ path: String) async throws -> [String] {
        try await see(path + "/modules", as: teacher).items.flatMap { module -> [String] in
            guard case .array(let lessons) = module["lessons"] else { return [] }
            return ([module] + lessons).compactMap { $0["title"]?.text }
        }
    }
}
