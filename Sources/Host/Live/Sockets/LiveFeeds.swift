// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// What the user is told, in the order of positions.
final class NotificationFeed: LiveFeed {
    let topic = "notifications"
    private let notifications: Notifications
    private let user: User.ID
    private let place: Mutex<Int?>
    /// A page of the longest fits into what may wait for a client.
    private static let page = 25

    init(_ notifications: Notifications, of user: User.ID, after position: Int?) {
        self.notifications = notifications
        self.user = user
        place = Mutex(position)
    }

    func open(_ reader: TenantReader) async throws -> [LiveTopic] {
        let last = try await notifications.lastPosition(of: user, reader: reader)
        place.withLock { $0 = min($0 ?? last, last) }
        return [LiveTopic(tenant: reader.tenant, id: user.uuid)]
    }

    func news(_ reader: TenantReader, _ voice: NotificationVoice) async throws -> LiveNews {
        let after = place.withLock { $0 ?? 0 }
        let news = try await notifications.after(
            position: after,
            of: user,
            in: voice,
            limit: NotificationFeed.page,
            reader: reader
        )
        if let last = news.last { place.withLock { $0 = last.position } }
        let frames = news.map { notification in
            LiveFrame.make("notification", topic: topic) { object in
                object.field("position", notification.position)
                object.field("notification", NotificationBody(notification))
            }
        }
        return LiveNews(frames: frames, hasMore: news.count == NotificationFeed.page)
    }
}

/// What is written in a conversation that the user takes part in, in the order of positions.
final class ConversationFeed: LiveFeed {
    let topic: String
    private let conversations: Conversations
    private let id: Conversation.ID
    private let place: Mutex<Int?>
    /// A page of the longest, every character of which is escaped, fits into what may wait for a client.
    private static let page = 10

    init(_ conversations: Conversations, _ id: Conversation.ID, after position: Int?) {
        self.conversations = conversations
        self.id = id
        topic = "conversation:\(id)"
        place = Mutex(position)
    }

    func open(_ reader: TenantReader) async throws -> [LiveTopic] {
        let last = try await conversations.fetch(id, reader: reader).lastPosition
        place.withLock { $0 = min($0 ?? last, last) }
        return [LiveTopic(tenant: reader.tenant, id: id.uuid)]
    }

    func news(_ reader: TenantReader, _ voice: NotificationVoice) async throws -> LiveNews {
        let after = place.withLock { $0 ?? 0 }
        let limit = PageLimit(ConversationFeed.page)
        let messages = try await conversations.messages(of: id, .after(after), limit: limit, reader: reader).items
        if let last = messages.last { place.withLock { $0 = last.position } }
        let frames = messages.map { message in
            LiveFrame.make("message", topic: topic) { object in
                object.field("position", message.position)
                object.field("message", DirectMessageBody(message))
            }
        }
        return LiveNews(frames: frames, hasMore: messages.count == ConversationFeed.page)
    }
}

/// How far learners are in a course: every learner for its staff, otherwise oneself.
final class CourseProgressFeed: LiveFeed {
    let topic: String
    private let progress: ProgressRecords
    private let course: Course.ID
    private let clock: WallClock
    private let state: Mutex<State>

    private struct State {
        var scope: ProgressScope?
        var since: Date
        /// What was sent of the last moments, which are read again.
        var sent: [Enrollment.ID: ProgressNews] = [:]
    }

    /// How much later than its date a report may be committed, in seconds.
    private static let overlap: TimeInterval = 10

    init(_ progress: ProgressRecords, _ course: Course.ID, clock: WallClock) {
        self.progress = progress
        self.course = course
        self.clock = clock
        topic = "course_progress:\(course)"
        state = Mutex(State(since: clock.now()))
    }

    func open(_ reader: TenantReader) async throws -> [LiveTopic] {
        let scope = try await progress.scope(of: course, reader: reader)
        state.withLock { state in
            state.scope = scope
            // One's own is told as it is; of others what is new from now on.
            if scope.own != nil { state.since = Date(timeIntervalSince1970: 0) }
        }
        return [LiveTopic(tenant: reader.tenant, id: scope.own?.uuid ?? course.uuid)]
    }

    func news(_ reader: TenantReader, _ voice: NotificationVoice) async throws -> LiveNews {
        let (scope, since) = state.withLock { ($0.scope, $0.since) }
        guard let scope else { throw ProgressError.notFound }
        let news = try await progress.news(of: scope, since: since, reader: reader)
        // Who was staff and is not any more watches nothing of others. Asked after the reading: what was read without a right to it is
        // not told.
        guard try await progress.scope(of: course, reader: reader) == scope else { throw ProgressError.notFound }
        let fresh = state.withLock { state in
            let fresh = news.filter { state.sent[$0.enrollment] != $0 }
            for item in fresh { state.sent[item.enrollment] = item }
            guard let last = news.last else { return fresh }
            let isFull = news.count == ProgressRecords.newsLimit
            // A full page goes on behind its last; the moments before are read again otherwise.
            state.since = isFull ? last.lastAccessedAt : max(since, last.lastAccessedAt - CourseProgressFeed.overlap)
            let kept = state.since
            state.sent = state.sent.filter { $0.value.lastAccessedAt >= kept }
            return fresh
        }
        let frames = fresh.map { item in
            LiveFrame.make("course_progress", topic: topic) { object in
                object.field("courseId", course)
                object.field("progress", ProgressNewsBody(news: item))
            }
        }
        return LiveNews(frames: frames, hasMore: news.count == ProgressRecords.newsLimit && !fresh.isEmpty)
    }
}

/// What of a learner's progress is told.
struct ProgressNewsBody: JSONWritable {
    let news: ProgressNews

    func write(to json: inout JSONWriter) {
        let share = Percentage(completed: news.completedLessons, of: news.publishedLessons)
        json.object { object in
            object.field("enrollmentId", news.enrollment)
            object.field("userId", news.learner)
            object.field("status", news.status.rawValue)
            object.field("completedLessons", news.completedLessons)
            object.field("totalLessons", news.publishedLessons)
            object.field("percentage", share.value)
            object.field("timeSpentSeconds", news.timeSpentSeconds)
            object.field("lastLessonId", news.lastLesson)
            object.field("lastAccessedAt", news.lastAccessedAt)
        }
    }
}

/// A learner's own attempt at a quiz: its state, its end and how many answers are saved; never what is asked or earned.
final class QuizAttemptFeed: LiveFeed {
    let topic: String
    private let quizzes: Quizzes
    private let id: QuizAttempt.ID
    private let told = Mutex<QuizAttemptNews?>(nil)

    init(_ quizzes: Quizzes, _ id: QuizAttempt.ID) {
        self.quizzes = quizzes
        self.id = id
        topic = "quiz_attempt:\(id)"
    }

    func open(_ reader: TenantReader) async throws -> [LiveTopic] {
        _ = try await quizzes.news(of: id, reader: reader)
        return [LiveTopic(tenant: reader.tenant, id: id.uuid)]
    }

    func news(_ reader: TenantReader, _ voice: NotificationVoice) async throws -> LiveNews {
        let news = try await quizzes.news(of: id, reader: reader)
        let isNew = told.withLock { told in
            defer { told = news }
            return told != news
        }
        guard isNew else { return LiveNews(frames: [], hasMore: false) }
        let frame = LiveFrame.make("quiz_attempt", topic: topic) { object in
            object.field("attemptId", id)
            object.field("status", news.status.rawValue)
            object.field("answered", news.answered)
            object.field("deadlineAt", news.deadlineAt)
            object.field("endsAt", news.endsAt)
            object.field("closedBy", news.closedBy?.rawValue)
        }
        return LiveNews(frames: [frame], hasMore: false)
    }
}
