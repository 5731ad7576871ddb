// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Fills a tenant with courses, files, people and roles.
struct IsolationSettler {
    let host: PlatformHost
    let tenant: TestTenant
    let mark: String
    /// An owner, who teaches the public courses.
    let dean: PlatformHost.Session
    /// An instructor whom nobody else has to do with.
    let stranger: PlatformHost.Session
    /// The public courses; everybody is enrolled in them.
    let open: [CourseImport]
    private let role: Role

    init(host: PlatformHost, tenant: TestTenant, mark: String) async throws {
        self.host = host
        self.tenant = tenant
        self.mark = mark
        dean = try await host.member("\(mark)-dean", .owner, of: tenant)
        stranger = try await host.member("\(mark)-stranger", .instructor, of: tenant)
        let name = try #require(Role.Name("\(mark)-role"))
        role = try await tenant.transaction { session in
            try await host.platform.lms.roles.create(
                name,
                description: mark,
                grants: Grants([.courseRead: .own]),
                session: session
            )
        }
        var open: [CourseImport] = []
        for number in 1...2 {
            open.append(
                try await host.importCourse("\(mark) open \(number)", as: .published, by: dean.user, at: tenant)
            )
        }
        self.open = open
    }

    /// Gives somebody a draft that they teach and places in the public courses.
    ///
    /// - Parameters:
    ///   - user: Whose; nobody has no things but those that are public.
    ///   - name: What findings call them.
    /// - Returns: What they teach, then what they learn with.
    func estates(of user: String?, named name: String) async throws -> [Estate] {
        guard let user else { return [try await estate(of: open[0], "public", user: dean.user, enrollment: nil)] }
        let draft = try await host.importCourse("\(mark) draft", as: .draft, by: user, at: tenant)
        var enrollment: String?
        for course in open.reversed() { enrollment = try await enroll(user, in: course.course) }
        return [
            try await estate(of: draft, "\(name) (teaching)", user: user, enrollment: enrollment),
            try await estate(of: open[0], "\(name) (learning)", user: user, enrollment: enrollment),
        ]
    }

    /// A published course that nobody takes and a person who has nothing.
    func spare() async throws -> Estate {
        let person = try await host.register("\(mark)-spare", at: tenant)
        let course = try await host.importCourse("\(mark) spare", as: .published, by: dean.user, at: tenant)
        return try await estate(of: course, "spare", user: person.user, enrollment: nil)
    }

    private func enroll(_ user: String, in course: Course.ID) async throws -> String {
        let id = try #require(User.ID(user))
        let principal = Principal(.user(id), grants: BuiltInRole.student.grants)
        return try await tenant.transaction(as: principal) { session in
            try await host.platform.lms.enrollments.enroll(id, in: course, session: session).id.description
        }
    }

    private func estate(
        of made: CourseImport,
        _ name: String,
        user: String,
        enrollment: String?
    ) async throws -> Estate {
        let rows = try await tenant.transaction { session in
            try await session.execute(
                """
                SELECT c.slug, (SELECT id FROM modules WHERE course_id = c.id), l.id,
                       (SELECT id FROM files WHERE course_id = c.id)
                FROM courses c JOIN lessons l ON l.course_id = c.id WHERE c.id = \(made.course)
                """
            )
        }
        let row = try #require(rows.first)
        let (module, lesson): (Module.ID, Lesson.ID) = (try row[1], try row[2])
        let file: StoredFile.ID = try row[3]
        var estate = Estate(name: name)
        estate.ids = [
            .tenant: tenant.id.description, .user: user, .role: role.id.description,
            .course: made.course.description, .slug: try row[0], .module: module.description,
            .lesson: lesson.description, .file: file.description, .courseImport: made.id.description,
        ]
        estate.ids[.enrollment] = enrollment
        return estate
    }
}

extension PlatformHost {
    /// Imports a course of one module, one lesson and one picture, as an instructor would.
    func importCourse(
        _ title: String,
        as status: Course.Status,
        by user: String,
        at tenant: TestTenant
    ) async throws -> CourseImport {
        let id = try #require(User.ID(user))
        let directory = FileManager.default.temporaryDirectory.appending(path: "isolation-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in IsolationCourse.files(title: title) {
            let path = "\(directory)/\(name)"
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        return try await importer.run(
            .path(directory),
            status: status,
            into: tenant.id,
            as: Principal(.user(id), grants: BuiltInRole.instructor.grants)
        )
    }
}

/// The course that every course of the suite is.
enum IsolationCourse {
    static func files(title: String) -> [String: String] {
        [
            "course.xml":
                #"<course url_name="r" display_name="\#(title)"><chapter display_name="\#(title)"><vertical display_name="\#(title)"><html>\#(title) <img src="/static/a.png"/></html></vertical></chapter></course>"#,
            "static/a.png": title,
        ]
    }
}
