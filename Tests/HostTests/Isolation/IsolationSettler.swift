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
    /// A student who is in everybody's conversations, and whom everybody blocks.
    let friend: PlatformHost.Session
    /// A student who hands in what others review, and reviews what others hand in.
    let peer: PlatformHost.Session
    /// Gives up what it gets; the tenant's own, because tests that run beside this one would take what is another's.
    private let consumer: String
    /// Is shown what happened again, and does nothing with it.
    static let replayed = EventConsumer("isolation-replays", to: []) { _, _ in }
    private let role: Role
    private let invitation: Invitation
    private let provider: IdentityProvider
    private let template: CertificateTemplate
    private let courseTemplate: CourseTemplate.ID

    init(host: PlatformHost, tenant: TestTenant, mark: String) async throws {
        self.host = host
        self.tenant = tenant
        self.mark = mark
        consumer = "isolation-\(tenant.tenant.slug)"
        try await tenant.outbox().register([Self.replayed])
        dean = try await host.member("\(mark)-dean", .owner, of: tenant)
        stranger = try await host.member("\(mark)-stranger", .instructor, of: tenant)
        friend = try await host.register("\(mark)-friend", at: tenant)
        peer = try await host.register("\(mark)-peer", at: tenant)
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
        template = try await Self.template(called: mark, of: tenant, host)
        courseTemplate = try await Self.courseTemplate(called: mark, of: tenant, by: dean.user, host)
        var open: [CourseImport] = []
        for number in 1...3 {
            open.append(
                try await host.importCourse("\(mark) open \(number)", as: .published, by: dean.user, at: tenant)
            )
        }
        self.open = open
        try await PlantedPush.plant(at: tenant, host)
    }

    /// What is public: a course, with a review that is shown.
    ///
    /// - Throws: If the tenant refuses it.
    func publicEstate() async throws -> Estate {
        var estate = try await estate(of: open[0], "public", user: dean.user)
        try await finish(&estate)
        try await handIn(&estate)
        try await beReviewed(&estate)
        try await review(&estate, as: .approved)
        try await take(&estate)
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
        try await handIn(&learning)
        try await prepareReviews(&learning)
        try await review(&learning, as: user == dean.user ? .approved : .pending)
        try await take(&learning)
        try await score(&learning)
        var teaching = try await estate(of: draft, "\(name) (teaching)", user: user)
        teaching.ids[.enrollment] = learning.ids[.enrollment]
        for kind in [IsolationKind.submission, .submissionComment, .submissionFile, .peerReview] {
            teaching.ids[kind] = learning.ids[kind]
        }
        for kind in [IsolationKind.review, .certificate, .certificateNumber, .quizAttempt, .quizAnswerFile] {
            teaching.ids[kind] = learning.ids[kind]
        }
        var finished = try await estate(of: open[1], "\(name) (finished)", user: user)
        try await finish(&finished)
        try await take(&finished, andSubmits: true)
        try await beginToHandIn(&finished)
        var begun = try await estate(of: open[2], "\(name) (begun)", user: user)
        try await enroll(&begun)
        try await reviewPeer(&begun)
        return [teaching, learning, finished, begun]
    }

    /// A published course that nobody takes, a person who only looks on in it and may not write there, and their review, which
    /// is shown.
    ///
    /// - Throws: If the tenant refuses it.
    func spare() async throws -> Estate {
        let person = friend
        var reviewed = try await estate(of: open[0], "reviewed", user: person.user)
        try await finish(&reviewed)
        try await handIn(&reviewed)
        try await review(&reviewed, as: .approved)
        try await take(&reviewed, andSubmits: true)
        let course = try await host.importCourse("\(mark) spare", as: .published, by: dean.user, at: tenant)
        let looker = try #require(User.ID(person.user))
        try await tenant.transaction { session in
            _ = try await host.platform.lms.courses.setRole(.observer, of: looker, in: course.course, session: session)
        }
        var spare = try await estate(of: course, "spare", user: person.user)
        for kind in [IsolationKind.review, .certificate, .certificateNumber] { spare.ids[kind] = reviewed.ids[kind] }
        // Somebody else's answers wait for a grader there.
        for kind in [IsolationKind.assignment, .submission, .submissionComment, .submissionFile] {
            spare.ids[kind] = reviewed.ids[kind]
        }
        for kind in [IsolationKind.questionBank, .question, .quiz, .quizAttempt, .quizAnswerFile] {
            spare.ids[kind] = reviewed.ids[kind]
        }
        try await suspend(looker, from: course.course)
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
        try await join(estate, user, in: course)
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
        try await certify(&estate)
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

    /// An endpoint, and a delivery to it that is over.
    private func sendWebhook() async throws -> (endpoint: String, delivery: String) {
        let webhooks = host.platform.lms.webhooks
        let url = try #require(WebhookURL("https://hooks.example.org/\(mark)"))
        return try await tenant.transaction { session in
            let endpoint = try await webhooks.create(NewWebhookEndpoint(url), session: session).endpoint.id
            let delivery = try await webhooks.queueTest(of: endpoint, session: session).delivery
            try await session.execute(
                """
                UPDATE webhook_deliveries SET status = 'failed', job_id = NULL, next_attempt_at = NULL, finished_at = now()
                WHERE id = \(delivery)
                """
            )
            return (endpoint.description, delivery.description)
        }
    }

    /// Tells somebody something, in a message with a link that ends such messages.
    private func notify(_ user: User.ID) async throws -> (notification: String, token: String) {
        let draft = NotificationDraft(.enrollment, because: UUID().uuidString, ["course": mark])
        let token = "\(mark)-\(draft.cause)"
        let hash = Bytes(host.platform.cryptography.sha256(Array(token.utf8)))
        return try await tenant.transaction { session in
            try await host.platform.lms.notifications.notify([user], draft, session: session)
            let rows = try await session.execute("SELECT id FROM notifications WHERE cause = \(draft.cause)")
            let id: UserNotification.ID = try #require(rows.first)[0]
            try await session.execute(
                """
                UPDATE notification_deliveries SET token_hash = \(hash) WHERE notification_id = \(id) AND channel = 'email'
                """
            )
            return (id.description, token)
        }
    }

    /// An announcement of somebody's that waits to be told.
    private func announce(as author: User.ID) async throws -> String {
        let id = Announcement.ID(UUID())
        let texts = JSONText(Array(#"{"en":{"title":"\#(mark)","message":"\#(mark)"}}"#.utf8))
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO notification_announcements (id, author_id, type, priority, audience, texts, channels, status, created_at, expires_at)
                VALUES (\(id), \(author), 'announcement', 'low', 'all', \(texts), '{in_app}', 'queued', now(), now() + interval '1 day')
                """
            )
        }
        return id.description
    }

    /// Registers a device of somebody's first sign-in.
    private func subscription(of owner: User.ID) async throws -> PushSubscription.ID {
        let acting = Principal(.user(owner), grants: BuiltInRole.student.grants)
        let target = try #require(PushTarget.apns(String(repeating: UUID().uuidString.filter { $0 != "-" }, count: 2)))
        return try await tenant.transaction(as: acting) { session in
            let signIn: SignInSession.ID? = try await session.execute(
                "SELECT id FROM sessions WHERE user_id = \(owner) AND revoked_at IS NULL ORDER BY id LIMIT 1"
            ).only?["id"]
            return try await host.platform.lms.push.subscriptions.register(
                target,
                label: mark,
                in: signIn,
                session: session
            ).id
        }
    }

    /// Enqueues work for another day.
    private func enqueue() async throws -> String {
        let (subject, tomorrow) = (UUID(), Date(timeIntervalSinceNow: 86_400))
        return try await tenant.transaction { session in
            try await session.execute(.enqueueJob(.probe, subject, at: tomorrow))
            let rows = try await session.execute("SELECT id FROM cell.tenant_jobs WHERE subject = \(subject)")
            let id: QueuedJob.ID = try #require(rows.first)[0]
            return id.description
        }
    }

    private func estate(of made: CourseImport, _ name: String, user: String) async throws -> Estate {
        let owner = try #require(User.ID(user))
        let rows = try await tenant.transaction { session in
            try await session.execute(
                """
                SELECT c.slug, (SELECT id FROM modules WHERE course_id = c.id), l.id,
                       (SELECT id FROM files WHERE course_id = c.id AND use = 'course_asset' ORDER BY id LIMIT 1),
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
        let talk = try await talk(of: owner)
        let report = try await report(talk)
        let subscription = try await subscription(of: owner)
        let post = try await ask(in: made.course, as: owner)
        let row = try #require(rows.first)
        let (module, lesson): (Module.ID, Lesson.ID) = (try row[1], try row[2])
        let file: StoredFile.ID = try row[3]
        let session: SignInSession.ID = try row[4]
        let acting = Principal(.user(owner), grants: BuiltInRole.student.grants)
        let key = try await tenant.transaction(as: acting) { session in
            try await host.platform.lms.apiKeys.create(mark, scopes: Grants([.userRead: .own]), session: session).key.id
        }
        let told = try await notify(owner)
        let account = try await tenant.transaction { session in
            try await host.platform.lms.serviceAccounts.create(
                NewServiceAccount("\(mark) \(identity)", rights: .permissions(Grants([.userRead: .own])), owner: owner),
                session: session
            ).account.id
        }
        let webhook = try await sendWebhook()
        let asked = try await askQuiz(in: made.course)
        let work = try await setWork(in: made.course)
        let graded = try await grade(made.course, of: owner)
        let upload = try await upload(to: made.course, of: owner)
        let shown = try await show(in: lesson, of: made.course)
        return Estate(
            name: name,
            ids: [
                .tenant: tenant.id.description, .user: user, .role: role.id.description,
                .certificateTemplate: template.id.description,
                .courseTemplate: courseTemplate.description,
                .invitation: invitation.id.description,
                .impersonation: try await impersonate(user),
                .course: made.course.description, .slug: try row[0], .module: module.description,
                .media: shown.medium.description, .mediaFile: shown.captions.description,
                .lesson: lesson.description, .file: file.description,
                .upload: upload.description, .courseImport: made.id.description,
                .session: session.description, .device: device.description,
                .apiKey: key.description,
                .pushSubscription: subscription.description,
                .gradeItem: graded.item.description, .gradeCategory: graded.category.description,
                .gradeImport: graded.import.description,
                .webhookEndpoint: webhook.endpoint, .webhookDelivery: webhook.delivery,
                .serviceAccount: account.description,
                .conversation: talk.conversation.description, .message: talk.id.description,
                .report: report.description,
                .thread: post.thread.description, .post: post.id.description,
                .questionBank: asked.bank.description, .question: asked.question.description,
                .quiz: asked.quiz.description, .cohort: try await gather(in: made.course).description,
                .rubric: work.rubric.description, .assignment: work.assignment.description,
                .groupSet: work.groupSet.description, .courseGroup: work.group.description,
                .identityProvider: provider.id.description, .identity: identity.description,
                .notification: told.notification, .unsubscribeToken: told.token,
                .calendarFile: try await feedCalendar(of: owner),
                .announcement: try await announce(as: owner),
                .job: try await enqueue(),
                .event: try await tenant.plantDeadEvent(of: consumer).description,
            ]
        )
    }
}
