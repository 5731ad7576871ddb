// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ReviewRoutesTests {
    private static let words = #"{"rating":4,"title":"Good","body":"Clear and to the point.","pros":["short"]}"#

    /// Enrolls the student, lets them complete a lesson of three and write a review.
    private func review(in world: LearningWorld) async throws -> TestReply {
        let enrollment = try await world.enroll(world.student)
        let complete = "v1/enrollments/\(enrollment)/lessons/\(world.lessons[0])/complete"
        #expect(try await world.send("POST", complete, as: world.student).status == 200)
        return try await world.send("POST", "v1/courses/\(world.course)/reviews", as: world.student, Self.words)
    }

    private func path(of review: TestReply) throws -> String {
        "v1/reviews/\(try #require(review.json["id"]?.text))"
    }

    private func moderate(_ path: String, _ status: String, in world: LearningWorld) async throws -> TestReply {
        try await world.send("PATCH", "\(path)/status", as: world.teacher, #"{"status":"\#(status)"}"#)
    }

    @Test func `a review is shown and counted once a moderator approved it`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let written = try await review(in: world)
            #expect(written.status == 201)
            #expect(written.json["status"]?.text == "pending")
            let path = try path(of: written)
            #expect(written[.location] == "/api/\(path)")
            let list = "v1/courses/\(world.course)/reviews"
            #expect(try await world.send("GET", list, as: nil).items.isEmpty)
            #expect(try await world.send("GET", "\(list)?status=pending", as: world.other).status == 403)
            #expect(try await world.send("GET", "\(list)?status=pending", as: world.teacher).items.count == 1)
            #expect(try await moderate(path, "approved", in: world).json["status"]?.text == "approved")
            let shown = try await world.send("GET", list, as: nil)
            #expect(shown.items.first?["author"]?.text == "student")
            #expect(shown.json["rating"]?["average"] == .number("4.0"))
            #expect(shown.json["rating"]?["byStars"] == .array(["0", "0", "0", "1", "0"].map(JSONValue.number)))
            let course = try await world.send("GET", "v1/courses/\(world.course)", as: nil)
            #expect(course.json["rating"]?["count"] == .number("1"))
            #expect(course.json["rating"]?["average"] == .number("4.0"))
        }
    }

    @Test func `a place gives one review, after a fifth of the course`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let list = "v1/courses/\(world.course)/reviews"
            let stranger = try await world.send("POST", list, as: world.other, Self.words)
            #expect(stranger.json["code"]?.text == "ENROLLMENT_NOT_FOUND")
            let enrollment = try await world.enroll(world.other)
            let early = try await world.send("POST", list, as: world.other, Self.words)
            #expect(early.status == 403)
            #expect(early.json["code"]?.text == "REVIEW_TOO_EARLY")
            let first = try await review(in: world)
            let second = try await world.send("POST", list, as: world.student, Self.words)
            #expect(second.status == 409)
            #expect(second.json["detail"]?.text?.contains(try #require(first.json["id"]?.text)) == true)
            let foreign = "v1/enrollments/\(enrollment)/review"
            #expect(try await world.send("POST", foreign, as: world.student, Self.words).status == 404)
        }
    }

    @Test func `a repeated request with its key writes one review`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let enrollment = try await world.enroll(world.student)
            let complete = "v1/enrollments/\(enrollment)/lessons/\(world.lessons[0])/complete"
            _ = try await world.send("POST", complete, as: world.student)
            let path = "v1/enrollments/\(enrollment)/review"
            let key = ["Idempotency-Key: r1"]
            let first = try await world.send("POST", path, as: world.student, Self.words, fields: key)
            let second = try await world.send("POST", path, as: world.student, Self.words, fields: key)
            #expect(first.status == 201 && second.status == 201)
            #expect(first.json["id"] == second.json["id"])
        }
    }

    @Test func `a review that is not shown looks like one that never was, on every route`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let hidden = try path(of: try await review(in: world))
            let never = "v1/reviews/\(IdentifierSource().next(Review.self))"
            let calls: [(String, String, String?)] = [
                ("GET", "", nil), ("PUT", "", Self.words), ("DELETE", "", nil), ("PUT", "/helpful", nil),
                ("DELETE", "/helpful", nil),
            ]
            for (method, suffix, json) in calls {
                let foreign = try await world.send(method, hidden + suffix, as: world.other, json)
                let unknown = try await world.send(method, never + suffix, as: world.other, json)
                #expect(foreign.status == 404, "\(method) \(suffix)")
                #expect(foreign.comparable == unknown.comparable, "\(method) \(suffix)")
            }
            #expect(try await world.send("GET", hidden, as: world.student).status == 200)
        }
    }

    @Test func `a changed review waits again and an outdated change is refused`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let written = try await review(in: world)
            let path = try path(of: written)
            _ = try await moderate(path, "approved", in: world)
            let words = #"{"rating":2,"body":"It did not last, in the end."}"#
            let old = ["If-Match: \(try #require(written[.etag]))"]
            #expect(try await world.send("PUT", path, as: world.student, words, fields: old).status == 412)
            let etag = try #require(try await world.send("GET", path, as: world.student)[.etag])
            let fresh = ["If-Match: \(etag)"]
            let changed = try await world.send("PUT", path, as: world.student, words, fields: fresh)
            #expect(changed.json["status"]?.text == "pending")
            #expect(changed.json["title"] == .null)
            let course = try await world.send("GET", "v1/courses/\(world.course)", as: nil)
            #expect(course.json["rating"]?["count"] == .number("0"))
        }
    }

    @Test func `attack: words that were changed after the moderator read them are not approved with the old ones`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let path = try path(of: try await review(in: world))
            let read = ["If-Match: \(try #require(try await world.send("GET", path, as: world.teacher)[.etag]))"]
            let words = #"{"rating":1,"body":"What nobody has read yet."}"#
            #expect(try await world.send("PUT", path, as: world.student, words).status == 200)
            let approve = #"{"status":"approved"}"#
            let late = try await world.send("PATCH", "\(path)/status", as: world.teacher, approve, fields: read)
            #expect(late.status == 412)
            #expect(late.json["code"]?.text == "PRECONDITION_FAILED")
            let seen = try await world.send("GET", path, as: world.teacher)
            #expect(seen.json["status"]?.text == "pending")
            let fresh = ["If-Match: \(try #require(seen[.etag]))"]
            for _ in 1...2 {
                let approved = try await world.send(
                    "PATCH",
                    "\(path)/status",
                    as: world.teacher,
                    approve,
                    fields: fresh
                )
                #expect(approved.json["status"]?.text == "approved")
            }
        }
    }

    @Test func `others vote once, the author never`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let path = try path(of: try await review(in: world))
            _ = try await moderate(path, "approved", in: world)
            for _ in 1...2 {
                let voted = try await world.send("PUT", "\(path)/helpful", as: world.other)
                #expect(voted.json["helpfulVotes"] == .number("1"))
            }
            let own = try await world.send("PUT", "\(path)/helpful", as: world.student)
            #expect(own.json["code"]?.text == "OWN_REVIEW")
            let back = try await world.send("DELETE", "\(path)/helpful", as: world.other)
            #expect(back.json["helpfulVotes"] == .number("0"))
            #expect(try await world.send("PUT", "\(path)/helpful", as: nil).status == 401)
        }
    }

    @Test func `the author and the course's staff delete a review and nobody else does`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let path = try path(of: try await review(in: world))
            _ = try await moderate(path, "approved", in: world)
            #expect(try await world.send("DELETE", path, as: world.other).status == 403)
            let hide = #"{"status":"hidden"}"#
            #expect(try await world.send("PATCH", "\(path)/status", as: world.student, hide).status == 403)
            #expect(try await world.send("DELETE", path, as: world.student).status == 204)
            #expect(try await world.send("GET", path, as: world.student).status == 404)
        }
    }

    @Test(
        arguments: [
            (#"{"body":"Clear and to the point."}"#, "rating", "REQUIRED"),
            (#"{"rating":6,"body":"Clear and to the point."}"#, "rating", "TOO_LARGE"),
            (#"{"rating":5,"body":"short"}"#, "body", "TOO_SHORT"),
            (#"{"rating":5,"body":"Clear and to the point.","cons":[""]}"#, "cons[0]", "TOO_SHORT"),
            (#"{"rating":5,"body":"Clear and to the point.","status":"approved"}"#, "status", "UNKNOWN_FIELD"),
        ]
    )
    func `a review that says it wrong is told where`(json: String, field: String, code: String) async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let reply = try await world.send("POST", "v1/courses/\(world.course)/reviews", as: world.student, json)
            #expect(reply.status == 400)
            #expect(reply.json["errors"]?[0]?["field"]?.text == field)
            #expect(reply.json["errors"]?[0]?["code"]?.text == code)
        }
    }
}
