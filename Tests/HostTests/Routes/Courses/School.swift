// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

/// A tenant with a teacher and a student.
struct School {
    let host: PlatformHost
    let tenant: TestTenant
    let teacher: String
    let student: String

    init(_ tenant: TestTenant) async throws {
        self.tenant = tenant
        host = try await PlatformHost()
        teacher = try await host.member("teacher", .admin, of: tenant).access
        student = try await host.member("student", .student, of: tenant).access
    }

    func course(_ title: String) async throws -> TestReply {
        try await write("POST", "/api/v1/courses", #"{"title":"\#(title)"}"#)
    }

    func write(
        _ method: String,
        _ target: String,
        _ json: String? = nil,
        fields: [String] = []
    ) async throws -> TestReply {
        try await host.send(method, target, to: tenant, fields: fields, token: teacher, json: json)
    }

    func see(_ target: String, as token: String? = nil) async throws -> TestReply {
        try await host.send("GET", target, to: tenant, token: token)
    }

    func id(of reply: TestReply) throws -> String {
        guard let id = reply.json["id"]?.text else { throw TestFailure("\(reply.status) \(reply.text)") }
        return id
    }

    func path(of course: TestReply) throws -> String { "/api/v1/courses/\(try id(of: course))" }
}

extension TestReply {
    var items: [JSONValue] { json.items }
}
