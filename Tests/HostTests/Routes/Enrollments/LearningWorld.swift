// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A tenant with a teacher, two students and a published course of the teacher's, over the routes.
struct LearningWorld {
    let host: PlatformHost
    let tenant: TestTenant
    let teacher: PlatformHost.Session
    let student: PlatformHost.Session
    let other: PlatformHost.Session
    let course: Course.ID
    let lessons: [Lesson.ID]

    init(
        _ tenant: TestTenant,
        lessons count: Int = 3,
        priceInCents: Int = 0,
        host given: PlatformHost? = nil
    ) async throws {
        let host = if let given { given } else { try await PlatformHost() }
        self.host = host
        self.tenant = tenant
        teacher = try await host.member("teacher", .instructor, of: tenant)
        student = try await host.register("student", at: tenant)
        other = try await host.register("other", at: tenant)
        let teacherID = try #require(User.ID(teacher.user))
        var changes = CourseChanges()
        changes.instructors = .set([teacherID])
        changes.price = .set(Money(minorUnits: priceInCents, currency: .usDollar))
        let lms = host.platform.lms
        let outline = try await tenant.transaction { [changes] session in
            let course = try await lms.courses.create(NewCourse(title: "Physics", changes: changes), session: session)
            let lessons = (1...count).map { CurriculumDraft.LessonDraft(title: "Lesson \($0)", kind: .reading) }
            let draft = CurriculumDraft(modules: [.init(title: "Module", lessons: lessons)])
            let outline = try await lms.lessons.sync(draft, to: course.id, session: session)
            _ = try await lms.courses.setStatus(.published, of: course.id, session: session)
            return outline
        }
        course = outline.course.id
        lessons = outline.modules.flatMap { $0.lessons.map(\.id) }
    }

    func send(
        _ method: String,
        _ path: String,
        as session: PlatformHost.Session?,
        _ json: String? = nil,
        fields: [String] = []
    ) async throws -> TestReply {
        try await host.send(method, "/api/\(path)", to: tenant, fields: fields, token: session?.access, json: json)
    }

    func enroll(_ session: PlatformHost.Session) async throws -> String {
        let reply = try await send("POST", "v1/enrollments", as: session, #"{"courseId":"\#(course)"}"#)
        #expect(reply.status == 201)
        return try #require(reply.json["id"]?.text)
    }
}

extension JSONValue {
    /// The elements of an array; nil for anything else.
    var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The value of a number; nil for anything else.
    var number: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    /// The elements of a page.
    var items: [JSONValue] { self["items"]?.array ?? [] }

    /// An element of an array.
    subscript(position: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(position) else { return nil }
        return elements[position]
    }
}
