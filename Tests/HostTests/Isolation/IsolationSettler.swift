// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Fills a tenant with courses, files, people, roles, places and reviews.
struct IsolationSettler {
    let host: PlatformHost
    let tenant: TestTenant
    let mark: String
    /// An owner, who teaches the public courses.
    let dean: PlatformHost.Session
    /// An instructor whom nobody else has to do with.
    let stranger: PlatformHost.Session
    /// The public courses; everybody has a place in each.
    let open: [CourseImport]
    private let role: Role
    private let invitation: Invitation
    private let provider: IdentityProvider

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
        func invite(_ name: String) async throws -> Invitation {
            let guest = NewInvitation(email: try #require(Email("\(mark)-\(name)@example.org")), displayName: mark)
            return try await tenant.transaction { session in
                try await host.platform.lms.invitations.invite(guest, at: tenant.tenant, session: session)
            }
        }
        invitation = try await invite("guest")
        // A list of one has no second page, whose cursor is tried.
        _ = try await invite("visitor")
        provider = try await tenant.transaction { session in
            try await host.platform.lms.federation.providers.create(
                IdentityProviderSettings(.facebook, name: mark, clientID: mark),
                secret: nil,
                session: session
            )
        }
        var open: [CourseImport] = []
        for number in 1...3 {
            open.append(
                try await host.importCourse("\(mark) open \(number)", as: .published, by: dean.user, at: tenant)
            )
        }
        self.open = open
    }

    /// What is public: a course, with a review that is shown.
    ///
    /// - Throws: If the tenant refuses it.
    func publicEstate() async throws -> Estate {
        var estate = try await estate(of: open[0], "public", user: dean.user)
        try await finish(&estate)
        try await review(&estate, as: .approved)
        return estate
    }

    /// Gives somebody a draft that they teach, places in the public courses and a review that waits; the dean's is shown.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - name: What findings call them.
    ///   - role: What they are in the draft; `nil` to leave it to the dean.
    /// - Returns: What they teach, what they learn with, a course that they finished and did not review, and one that they
    ///   did not begin.
    /// - Throws: If the tenant refuses it.
    func estates(
        of user: String,
        named name: String,
        as role: CourseRole? = .instructor
    ) async throws -> [Estate] {
        let draft = try await host.importCourse("\(mark) draft", as: .draft, by: user, at: tenant)
        if role != .instructor { try await give(role, of: user, in: draft.course) }
        var learning = try await estate(of: open[0], "\(name) (learning)", user: user)
        try await finish(&learning)
        try await review(&learning, as: user == dean.user ? .approved : .pending)
        var teaching = try await estate(of: draft, "\(name) (teaching)", user: user)
        teaching.ids[.enrollment] = learning.ids[.enrollment]
        teaching.ids[.review] = learning.ids[.review]
        var finished = try await estate(of: open[1], "\(name) (finished)", user: user)
        try await finish(&finished)
        var begun = try await estate(of: open[2], "\(name) (begun)", user: user)
        try await enroll(&begun)
        return [teaching, learning, finished, begun]
    }

    /// A published course that nobody takes, a person who only looks on in it, and their review, which is shown.
    ///
    /// - Throws: If the tenant refuses it.
    func spare() async throws -> Estate {
        let person = try await host.register("\(mark)-spare", at: tenant)
        var reviewed = try await estate(of: open[0], "reviewed", user: person.user)
        try await finish(&reviewed)
        try await review(&reviewed, as: .approved)
        let course = try await host.importCourse("\(mark) spare", as: .published, by: dean.user, at: tenant)
        let looker = try #require(User.ID(person.user))
        try await tenant.transaction { session in
            _ = try await host.platform.lms.courses.setRole(.observer, of: looker, in: course.course, session: session)
        }
        var spare = try await estate(of: course, "spare", user: person.user)
        spare.ids[.review] = reviewed.ids[.review]
        return spare
    }

    /// Gives somebody another role than that of the instructor, which the dean takes over.
    private func give(_ role: CourseRole?, of user: String, in course: Course.ID) async throws {
        let (user, dean) = (try #require(User.ID(user)), try #require(User.ID(dean.user)))
        let courses = host.platform.lms.courses
        try await tenant.transaction { session in
            _ = try await courses.setRole(.instructor, of: dean, in: course, session: session)
            if let role {
                _ = try await courses.setRole(role, of: user, in: course, session: session)
            } else {
                try await courses.removeStaff(user, from: course, session: session)
            }
        }
    }

    /// Has an operator act as somebody.
    private func impersonate(_ user: String) async throws -> String {
        try await host.impersonate(try #require(User.ID(user)), at: tenant).impersonation.id.description
    }

    /// Takes a place in the estate's course.
    private func enroll(_ estate: inout Estate) async throws {
        let (user, learner) = try learner(estate)
        let course = try #require(Course.ID(estate[.course]))
        estate.ids[.enrollment] = try await tenant.transaction(as: learner) { session in
            try await host.platform.lms.enrollments.enroll(user, in: course, session: session).id.description
        }
    }

    /// Takes a place in the estate's course and completes its lesson.
    private func finish(_ estate: inout Estate) async throws {
        try await enroll(&estate)
        _ = try await host.platform.lms.progress.complete(
            [try #require(Lesson.ID(estate[.lesson]))],
            on: try #require(Enrollment.ID(estate[.enrollment])),
            at: tenant.id,
            as: try learner(estate).principal,
            tenants: tenant.tenants
        )
    }

    private func learner(_ estate: Estate) throws -> (user: User.ID, principal: Principal) {
        let user = try #require(User.ID(estate[.user]))
        return (user, Principal(.user(user), grants: BuiltInRole.student.grants))
    }

    /// Reviews the estate's course from its place.
    private func review(_ estate: inout Estate, as status: Review.Status) async throws {
        let reviews = host.platform.lms.reviews
        let place = try #require(Enrollment.ID(estate[.enrollment]))
        let draft = ReviewDraft(rating: 4, body: "\(mark): clear and to the point.")
        let written = try await tenant.transaction(as: try learner(estate).principal) { session in
            try await reviews.write(draft, from: place, session: session).id
        }
        if status != .pending {
            try await tenant.transaction { session in
                _ = try await reviews.moderate(written, as: status, session: session)
            }
        }
        estate.ids[.review] = written.description
    }

    private func estate(of made: CourseImport, _ name: String, user: String) async throws -> Estate {
        let owner = try #require(User.ID(user))
        let rows = try await tenant.transaction { session in
            try await session.execute(
                """
                SELECT c.slug, (SELECT id FROM modules WHERE course_id = c.id), l.id,
                       (SELECT id FROM files WHERE course_id = c.id),
                       (SELECT id FROM sessions WHERE user_id = \(owner) ORDER BY id LIMIT 1)
                FROM courses c JOIN lessons l ON l.course_id = c.id WHERE c.id = \(made.course)
                """
            )
        }
        let identity = FederatedIdentity.ID(UUID())
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO federated_identities (id, user_id, provider_id, issuer, subject, email, linked_at)
                VALUES (\(identity), \(owner), \(provider.id), 'https://www.facebook.com', \(identity.description), NULL, now())
                """
            )
        }
        let device = RememberedDevice.ID(UUID())
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO remembered_devices (id, user_id, token_hash, is_verified, created_at, last_used_at, expires_at)
                VALUES (\(device), \(owner), sha256(convert_to(\(device.description), 'UTF8')), false, now(), now(),
                    now() + interval '1 day')
                """
            )
        }
        let row = try #require(rows.first)
        let (module, lesson): (Module.ID, Lesson.ID) = (try row[1], try row[2])
        let file: StoredFile.ID = try row[3]
        let session: SignInSession.ID = try row[4]
        let acting = Principal(.user(owner), grants: BuiltInRole.student.grants)
        let key = try await tenant.transaction(as: acting) { session in
            try await host.platform.lms.apiKeys.create(mark, scopes: Grants([.userRead: .own]), session: session).key.id
        }
        let account = try await tenant.transaction { session in
            try await host.platform.lms.serviceAccounts.create(
                NewServiceAccount("\(mark) \(identity)", rights: .permissions(Grants([.userRead: .own])), owner: owner),
                session: session
            ).account.id
        }
        return Estate(
            name: name,
            ids: [
                .tenant: tenant.id.description, .user: user, .role: role.id.description,
                .invitation: invitation.id.description,
                .impersonation: try await impersonate(user),
                .course: made.course.description, .slug: try row[0], .module: module.description,
                .lesson: lesson.description, .file: file.description, .courseImport: made.id.description,
                .session: session.description, .device: device.description,
                .apiKey: key.description,
                .serviceAccount: account.description,
                .identityProvider: provider.id.description, .identity: identity.description,
            ]
        )
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
