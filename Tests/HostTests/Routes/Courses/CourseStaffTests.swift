// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A draft of one instructor with a second one, and a student who is nothing yet.
private struct StaffedCourse {
    let host: PlatformHost
    let tenant: TestTenant
    let admin: PlatformHost.Session
    let primary: PlatformHost.Session
    let second: PlatformHost.Session
    let student: PlatformHost.Session
    let course: String

    init(_ tenant: TestTenant) async throws {
        self.tenant = tenant
        host = try await PlatformHost()
        admin = try await host.member("admin", .admin, of: tenant)
        primary = try await host.member("primary", .instructor, of: tenant)
        second = try await host.member("second", .instructor, of: tenant)
        student = try await host.member("student", .student, of: tenant)
        let made = try await host.send(
            "POST",
            "/api/v1/courses",
            to: tenant,
            token: primary.access,
            json: #"{"title":"Physics"}"#
        )
        course = try #require(made.json["id"]?.text)
        let joined = try await put(second, "instructor", as: admin)
        #expect(joined.status == 200, "\(joined.text)")
    }

    static func with(_ body: (StaffedCourse) async throws -> Void) async throws {
        try await withTenant { try await body(try await StaffedCourse($0)) }
    }

    func put(_ user: PlatformHost.Session, _ role: String, as actor: PlatformHost.Session) async throws -> TestReply {
        try await send("PUT", "/staff/\(user.user)", as: actor, #"{"role":"\#(role)"}"#)
    }

    func remove(_ user: PlatformHost.Session, as actor: PlatformHost.Session) async throws -> TestReply {
        try await send("DELETE", "/staff/\(user.user)", as: actor)
    }

    func send(
        _ method: String,
        _ path: String,
        as actor: PlatformHost.Session,
        _ json: String? = nil
    ) async throws -> TestReply {
        // Roles are read anew once a second.
        host.platform.clock.advance(by: 1)
        return try await host.send(
            method,
            "/api/v1/courses/\(course)\(path)",
            to: tenant,
            token: actor.access,
            json: json
        )
    }

    /// How the course answers somebody: reading, changing, publishing, learners, reviews that wait.
    func statuses(for actor: PlatformHost.Session) async throws -> [Int] {
        [
            try await send("GET", "", as: actor).status,
            try await send("PATCH", "", as: actor, #"{"title":"Other physics"}"#).status,
            try await send("GET", "/enrollments", as: actor).status,
            try await send("GET", "/reviews?status=pending", as: actor).status,
            try await send("DELETE", "", as: actor).status,
        ]
    }

    func order() async throws -> [String] {
        guard case .array(let ids) = try await send("GET", "", as: admin).json["instructorIds"] else { return [] }
        return ids.compactMap(\.text)
    }
}

@Suite struct CourseStaffTests {
    private static let expected: [CourseRole: [Int]] = [
        .instructor: [200, 200, 200, 200, 403], .assistant: [200, 403, 200, 200, 403],
        .observer: [200, 403, 200, 403, 403],
    ]

    @Test(arguments: CourseRole.allCases)
    func `a student may do in a course what their role there allows, and loses it with the role`(
        role: CourseRole
    ) async throws {
        try await StaffedCourse.with { world in
            let first = try await world.statuses(for: world.student)
            #expect(first == [404, 403, 403, 404, 403])
            #expect(try await world.put(world.student, role.rawValue, as: world.admin).status == 200)
            #expect(try await world.statuses(for: world.student) == Self.expected[role])
            #expect(try await world.remove(world.student, as: world.admin).status == 204)
            #expect(try await world.statuses(for: world.student) == [404, 403, 403, 404, 403])
        }
    }

    @Test func `an instructor who only looks on in a course changes nothing there`() async throws {
        try await StaffedCourse.with { world in
            let first = try await world.put(world.second, "observer", as: world.primary).status
            #expect(first == 200)
            #expect(try await world.statuses(for: world.second) == [200, 403, 200, 403, 403])
        }
    }

    @Test func `a co-instructor changes nobody's role and may leave`() async throws {
        try await StaffedCourse.with { world in
            let first = try await world.remove(world.primary, as: world.second).status
            #expect(first == 403)
            #expect(try await world.put(world.primary, "observer", as: world.second).status == 403)
            let taking = #"{"instructorIds":["\#(world.second.user)"]}"#
            #expect(try await world.send("PATCH", "", as: world.second, taking).status == 403)
            #expect(try await world.put(world.student, "assistant", as: world.second).status == 403)
            #expect(try await world.order() == [world.primary.user, world.second.user])
            #expect(try await world.remove(world.second, as: world.second).status == 204)
            #expect(try await world.order() == [world.primary.user])
        }
    }

    @Test func `the primary instructor arranges those who are on the staff and brings nobody`() async throws {
        try await StaffedCourse.with { world in
            let first = try await world.put(world.student, "assistant", as: world.primary).status
            #expect(first == 403)
            #expect(try await world.put(world.second, "assistant", as: world.primary).status == 200)
            #expect(try await world.order() == [world.primary.user])
            #expect(try await world.put(world.second, "instructor", as: world.primary).status == 200)
            #expect(try await world.remove(world.second, as: world.primary).status == 204)
            #expect(try await world.remove(world.second, as: world.primary).status == 404)
        }
    }

    @Test func `nobody becomes primary by having helped for long`() async throws {
        try await StaffedCourse.with { world in
            let first = try await world.put(world.second, "assistant", as: world.admin).status
            #expect(first == 200)
            let both = #"{"instructorIds":["\#(world.second.user)","\#(world.primary.user)"]}"#
            #expect(try await world.send("PATCH", "", as: world.admin, both).status == 200)
            #expect(try await world.order() == [world.primary.user, world.second.user])
        }
    }

    @Test func `a course keeps an instructor, and assistants when its instructors are named anew`() async throws {
        try await StaffedCourse.with { world in
            let first = try await world.put(world.student, "assistant", as: world.admin).status
            #expect(first == 200)
            let one = #"{"instructorIds":["\#(world.primary.user)"]}"#
            #expect(try await world.send("PATCH", "", as: world.primary, one).status == 200)
            #expect(try await world.remove(world.primary, as: world.admin).json["code"]?.text == "INSTRUCTOR_COUNT")
            let stepped = try await world.put(world.primary, "observer", as: world.primary)
            #expect(stepped.json["code"]?.text == "INSTRUCTOR_COUNT")
            let staff = try await world.send("GET", "/staff", as: world.student)
            #expect(staff.text.contains(#"{"userId":"\#(world.student.user)","role":"assistant"}"#), "\(staff.text)")
        }
    }

    @Test func `a user who never was and one of another tenant cannot be put on the staff`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await StaffedCourse(home)
            let stranger = try await world.host.register("stranger", at: abroad)
            let foreign = try await world.put(stranger, "observer", as: world.admin)
            #expect(foreign.json["code"]?.text == "UNKNOWN_INSTRUCTOR", "\(foreign.text)")
        }
    }
}
