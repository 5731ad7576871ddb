// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CohortRoutesTests {
    @Test func `a cohort is made, joined, listed, emptied and deleted`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let path = "v1/courses/\(world.course)/cohorts"
            let body = #"{"name":"Spring","startsAt":"2027-03-01T08:00:00Z","seatLimit":1}"#
            let key = ["Idempotency-Key: c1"]
            let made = try await world.send("POST", path, as: world.teacher, body, fields: key)
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            #expect(try await world.send("POST", path, as: world.teacher, body, fields: key).json["id"]?.text == id)
            #expect(try await world.send("POST", path, as: world.teacher, body).code == "COHORT_NAME_TAKEN")
            #expect(try await world.send("POST", path, as: world.student, body).status == 403)
            let backwards = #"{"name":"Odd","startsAt":"2027-03-01T08:00:00Z","endsAt":"2027-03-01T08:00:00Z"}"#
            #expect(try await world.send("POST", path, as: world.teacher, backwards).status == 400)

            let join = #"{"courseId":"\#(world.course)","cohortId":"\#(id)"}"#
            #expect(try await world.send("POST", "v1/enrollments", as: world.student, join).status == 201)
            #expect(try await world.send("POST", "v1/enrollments", as: world.other, join).code == "COHORT_FULL")
            let listed = try await world.send("GET", path, as: world.student)
            #expect(listed.json["items"]?[0]?["isMine"] == .bool(true))
            #expect(listed.json["items"]?[0]?["isFull"] == .bool(true))
            let members = try await world.send("GET", "\(path)/\(id)/members", as: world.teacher)
            #expect(members.json["items"]?[0]?["user"]?["id"]?.text == world.student.user)
            #expect(try await world.send("GET", "\(path)/\(id)/members", as: world.student).status == 403)

            let member = "\(path)/\(id)/members/\(world.student.user)"
            #expect(try await world.send("DELETE", "\(path)/\(id)", as: world.teacher).code == "COHORT_IN_USE")
            #expect(try await world.send("DELETE", member, as: world.teacher).status == 204)
            #expect(try await world.send("DELETE", member, as: world.teacher).code == "COHORT_MEMBER_NOT_FOUND")
            #expect(try await world.send("PUT", member, as: world.teacher).status == 204)
            #expect(try await world.send("DELETE", member, as: world.teacher).status == 204)

            let tag = try #require(made[.etag])
            let renamed = #"{"name":"Early spring","startsAt":"2027-02-01T08:00:00Z"}"#
            let field = ["If-Match: \(tag)"]
            #expect(
                try await world.send("PUT", "\(path)/\(id)", as: world.teacher, renamed, fields: field).status == 200
            )
            #expect(
                try await world.send("PUT", "\(path)/\(id)", as: world.teacher, renamed, fields: field).status == 412
            )
            #expect(try await world.send("DELETE", "\(path)/\(id)", as: world.teacher, fields: field).status == 412)
            #expect(try await world.send("DELETE", "\(path)/\(id)", as: world.teacher).status == 204)
            #expect(try await world.send("DELETE", "\(path)/\(id)", as: world.teacher).code == "COHORT_NOT_FOUND")
        }
    }
}
