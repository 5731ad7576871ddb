// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Notifications {
    /// Tells of assignments and quizzes by the titles that their events bring; without one nobody would know what is meant.
    func reactToWork(_ notice: EventNotice, session: borrowing TenantSession) async throws {
        guard let title = notice.text("title") ?? notice.text("assignmentTitle") ?? notice.text("quizTitle") else {
            return
        }
        let due = notice.text("dueAt").map { String($0.prefix(16)).replacing("T", with: " ") } ?? ""
        let score = notice.event.payload["score"]?.written ?? notice.event.payload["percentage"]?.written ?? ""
        switch notice.event.type {
        case EventType.assignmentCreated.name:
            try await tellLearners(
                notice,
                .assignmentCreated,
                because: "assignment_created:\(notice.event.aggregate.lowercaseText)",
                ["assignment": title, "due": due],
                session: session
            )
        case EventType.assignmentDueSoon.name:
            try await tellLearners(
                notice,
                .assignmentDueSoon,
                because: "assignment_due_soon:\(notice.event.aggregate.lowercaseText):\(due)",
                ["assignment": title, "due": due],
                session: session
            )
        case EventType.assignmentGraded.name:
            guard try await shows(.selectMutedAssignment(notice.id("assignmentId")), session: session) else { return }
            try await tell(notice, .assignmentGraded, ["assignment": title, "score": score], session: session)
        case EventType.quizSubmitted.name:
            guard try await shows(.selectMutedQuiz(notice.id("quizId")), session: session) else { return }
            try await tell(notice, .quizGraded, ["quiz": title, "score": score + " %"], session: session)
        case EventType.submissionReceived.name:
            guard let course = notice.course, let learner = notice.user else { return }
            let rows = try await session.execute(.selectGraders(of: course, learner: learner))
            for row in rows {
                let name: String = try row["learner"]
                let values = ["assignment": title, "learner": name]
                try await tell(notice, .assignmentSubmitted, values, to: try row["user_id"], session: session)
            }
        default: return
        }
    }

    /// Whether a score may be told; where the gradebook keeps it, that tells of it when it is released there.
    private func shows(_ isMuted: SQL, session: borrowing TenantSession) async throws -> Bool {
        let muted: Bool = try await session.execute(isMuted).only?[0] ?? false
        return !muted
    }

    /// Tells a learner that they may see a grade, unless its quiz or assignment tells them by itself.
    func reactToGrade(_ notice: EventNotice, session: borrowing TenantSession) async throws {
        guard let learner = notice.user, let item = notice.id("gradeItemId") else { return }
        let rows = try await session.execute(.selectReleasedGrade(of: learner, in: GradeItem.ID(item)))
        guard let title: String = try rows.only?["title"] else { return }
        try await tell(
            notice,
            .gradeReleased,
            because: "grade_released:\(item.lowercaseText)",
            ["item": title],
            session: session
        )
    }

    /// Tells the others in a conversation that somebody wrote, once until they read it.
    func reactToMessage(_ notice: EventNotice, session: borrowing TenantSession) async throws {
        guard let message = notice.id("messageId") else { return }
        let conversation = notice.event.aggregate
        for row in try await session.execute(.selectListeners(of: conversation, message: message)) {
            let read: Int = try row["read_position"]
            try await tell(
                notice,
                .message,
                because: "message:\(conversation.lowercaseText):\(read)",
                ["sender": try row["sender"]],
                link: NotificationLink(path: "/messages/\(conversation.lowercaseText)"),
                to: try row["user_id"],
                session: session
            )
        }
    }
}

extension JSONValue {
    /// A number or a text as it is written.
    fileprivate var written: String? {
        switch self {
        case .number(let text), .string(let text): text
        default: nil
        }
    }
}

extension SQL {
    fileprivate static func selectMutedAssignment(_ id: UUID?) -> SQL {
        "SELECT \(.isMuted(.assignment, "a.id", in: "a.course_id")) FROM assignments a WHERE a.id = \(id)"
    }

    fileprivate static func selectMutedQuiz(_ id: UUID?) -> SQL {
        "SELECT \(.isMutedQuiz) FROM quizzes q WHERE q.id = \(id)"
    }

    /// What a quiz or an assignment scored and released at once is told by that.
    fileprivate static func selectReleasedGrade(of learner: User.ID, in item: GradeItem.ID) -> SQL {
        """
        SELECT i.title FROM grade_items i
        JOIN grades g ON g.course_id = i.course_id AND g.user_id = \(learner) AND g.item_id = i.id
        WHERE i.id = \(item) AND i.is_published AND NOT i.is_muted AND g.released_at IS NOT NULL
          AND (i.kind = 'manual' OR g.released_at > g.graded_at)
        """
    }

    fileprivate static func selectGraders(of course: Course.ID, learner: User.ID) -> SQL {
        """
        SELECT i.user_id, u.display_name AS learner FROM course_instructors i JOIN users u ON u.id = \(learner)
        WHERE i.course_id = \(course) AND i.role IN ('instructor', 'assistant') ORDER BY i.user_id LIMIT 50
        """
    }

    /// Those who are in a conversation, read it and have not muted it, but for whoever wrote.
    fileprivate static func selectListeners(of conversation: UUID, message: UUID) -> SQL {
        """
        SELECT m.user_id, m.read_position, u.display_name AS sender
        FROM direct_messages d JOIN users u ON u.id = d.sender_id
            JOIN conversation_members m ON m.conversation_id = d.conversation_id
        WHERE d.id = \(message) AND d.conversation_id = \(conversation) AND m.user_id <> d.sender_id
            AND m.left_at IS NULL AND NOT m.is_muted AND m.read_position < d.position AND d.status IN ('sent', 'edited')
        ORDER BY m.user_id LIMIT 200
        """
    }
}
