// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// Tells people of what happened, each event once; what is shown again on somebody's wish tells nobody.
    public var consumer: EventConsumer {
        EventConsumer("notifications", to: Self.eventTypes) { event, session in
            try await react(to: event, session: session)
        }
    }

    /// What somebody is told of.
    static let eventTypes: Set<EventType> = [
        .userCreated, .userUpdated, .enrollmentCreated, .enrollmentActivated, .enrollmentCompleted, .courseUpdated,
        .lessonPublished, .assignmentCreated, .assignmentDueSoon, .assignmentGraded, .submissionReceived,
        .quizSubmitted, .gradeReleased,
        .certificateIssued, .paymentCompleted, .paymentFailed, .messageSent, .mentionCreated, .postCreated,
    ]

    func react(to event: RecordedEvent, session: borrowing TenantSession) async throws {
        guard !event.isReplay else { return }
        let notice = EventNotice(event)
        switch event.type {
        case EventType.userCreated.name:
            try await tell(notice, .welcome, because: "welcome", link: .home, session: session)
        case EventType.userUpdated.name where notice.text("change") == "email":
            try await tell(notice, .emailChanged, session: session)
        case EventType.enrollmentCreated.name where notice.text("status") != Enrollment.Status.pendingPayment.rawValue,
            EventType.enrollmentActivated.name:
            try await tell(notice, .enrollment, session: session)
        case EventType.enrollmentCompleted.name: try await tell(notice, .enrollmentCompleted, session: session)
        case EventType.courseUpdated.name where notice.text("change") == "content":
            let day = event.occurredAt.iso8601Milliseconds.prefix(10)
            try await tellLearners(notice, .courseUpdate, because: "course_update:\(day)", session: session)
        case EventType.lessonPublished.name:
            guard let lesson = notice.id("lessonId") else { return }
            let facts = try await session.execute(.selectLessonTitle(Lesson.ID(lesson)))
            guard let title: String = try facts.only?["title"] else { return }
            try await tellLearners(
                notice,
                .lessonPublished,
                because: "lesson_published:\(lesson)",
                ["lesson": title],
                session: session
            )
        case EventType.certificateIssued.name:
            let number = notice.text("certificateNumber") ?? ""
            try await tell(notice, .certificateIssued, ["number": number], session: session)
        case EventType.paymentCompleted.name:
            try await tell(notice, .paymentSucceeded, ["amount": notice.amount], session: session)
        case EventType.paymentFailed.name:
            try await tell(notice, .paymentFailed, ["amount": notice.amount], session: session)
        case EventType.assignmentCreated.name, EventType.assignmentDueSoon.name, EventType.assignmentGraded.name,
            EventType.submissionReceived.name, EventType.quizSubmitted.name:
            try await reactToWork(notice, session: session)
        case EventType.gradeReleased.name: try await reactToGrade(notice, session: session)
        case EventType.messageSent.name: try await reactToMessage(notice, session: session)
        case EventType.mentionCreated.name, EventType.postCreated.name:
            try await reactToPost(notice, session: session)
        default: return
        }
    }

    /// Tells the user of an event.
    func tell(
        _ notice: EventNotice,
        _ type: NotificationType,
        because cause: String? = nil,
        _ parameters: [String: String] = [:],
        link: NotificationLink? = nil,
        to user: User.ID? = nil,
        session: borrowing TenantSession
    ) async throws {
        guard let user = user ?? notice.user else { return }
        guard let draft = try await draft(of: notice, type, because: cause, parameters, link: link, session: session)
        else { return }
        try await notify([user], draft, session: session)
    }

    /// Tells some users of an event, 500 at most.
    func tell(
        _ users: [User.ID],
        of notice: EventNotice,
        _ type: NotificationType,
        because cause: String,
        _ parameters: [String: String],
        link: NotificationLink,
        session: borrowing TenantSession
    ) async throws {
        guard !users.isEmpty else { return }
        guard let draft = try await draft(of: notice, type, because: cause, parameters, link: link, session: session)
        else { return }
        try await notify(users, draft, session: session)
    }

    /// Tells the learners of an event's course.
    func tellLearners(
        _ notice: EventNotice,
        _ type: NotificationType,
        because cause: String,
        _ parameters: [String: String] = [:],
        session: borrowing TenantSession
    ) async throws {
        guard let course = notice.course else { return }
        let cause = "\(cause):\(course)"
        guard let draft = try await draft(of: notice, type, because: cause, parameters, link: nil, session: session)
        else { return }
        try await notifyLearners(of: course, draft, session: session)
    }

    /// Words an event; `nil` if it is too old to be of use, or its course is gone.
    private func draft(
        of notice: EventNotice,
        _ type: NotificationType,
        because cause: String?,
        _ parameters: [String: String],
        link: NotificationLink?,
        session: borrowing TenantSession
    ) async throws -> NotificationDraft? {
        let end = notice.event.occurredAt.addingTimeInterval(Double(type.days) * 86_400)
        guard end > clock.now() else { return nil }
        var parameters = parameters
        if let course = notice.course {
            guard let title: String = try await session.execute(.selectCourseTitle(course)).only?["title"] else {
                return nil
            }
            parameters["course"] = title
        }
        return NotificationDraft(
            type,
            because: cause ?? "\(type.rawValue):\(notice.event.id)",
            parameters,
            link: link ?? notice.course.map(NotificationLink.course),
            course: notice.course,
            expiresAt: end
        )
    }
}

/// What an event's payload refers to.
struct EventNotice: Sendable {
    let event: RecordedEvent

    init(_ event: RecordedEvent) {
        self.event = event
    }

    var user: User.ID? { text("userId").flatMap { User.ID($0) } }
    var course: Course.ID? { text("courseId").flatMap { Course.ID($0) } }
    /// Who made it happen, if that is a user or a program.
    var actor: User.ID? { event.actor.flatMap { User.ID($0) } }

    func text(_ name: String) -> String? { event.payload[name]?.text }
    func id(_ name: String) -> UUID? { text(name).flatMap { Identifier<Event>($0)?.uuid } }

    /// The amount of a payment with its currency.
    var amount: String { [text("amount"), text("currency")].compactMap(\.self).joined(separator: " ") }
}

extension SQL {
    fileprivate static func selectCourseTitle(_ id: Course.ID) -> SQL {
        "SELECT title FROM courses WHERE id = \(id)"
    }

    fileprivate static func selectLessonTitle(_ id: Lesson.ID) -> SQL {
        "SELECT title FROM lessons WHERE id = \(id)"
    }
}
