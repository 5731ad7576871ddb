// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What people are told of; a closed list.
@nonexhaustive
public enum NotificationType: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// Somebody became a member.
    case welcome
    /// Somebody got a place in a course.
    case enrollment
    /// Somebody finished a course.
    case enrollmentCompleted = "enrollment_completed"
    /// A course was changed.
    case courseUpdate = "course_update"
    /// A course has a new lesson.
    case lessonPublished = "lesson_published"
    /// A course has a new assignment.
    case assignmentCreated = "assignment_created"
    /// An assignment is to be handed in soon.
    case assignmentDueSoon = "assignment_due_soon"
    /// A learner handed an assignment in; told to those who grade it.
    case assignmentSubmitted = "assignment_submitted"
    /// An assignment was graded.
    case assignmentGraded = "assignment_graded"
    /// A quiz was graded.
    case quizGraded = "quiz_graded"
    /// A grade may be seen.
    case gradeReleased = "grade_released"
    /// A payment succeeded.
    case paymentSucceeded = "payment_succeeded"
    /// A payment failed.
    case paymentFailed = "payment_failed"
    /// A certificate was issued.
    case certificateIssued = "certificate_issued"
    /// Somebody has something to tell to many.
    case announcement
    /// A course starts soon.
    case courseStarting = "course_starting"
    /// A course ends soon.
    case courseEnding = "course_ending"
    /// A learner has not learned for some days.
    case inactiveLearner = "inactive_learner"
    /// Somebody wrote a direct message.
    case message
    /// Somebody was named in a discussion.
    case mention
    /// A question was answered.
    case answer
    /// Somebody wrote in a discussion that one follows.
    case reply
    /// Something was achieved.
    case achievement
    /// A file that was asked for can be fetched.
    case exportReady = "export_ready"
    /// An outgoing webhook was turned off, because its receiver failed for days or wanted nothing any more.
    case webhookDisabled = "webhook_disabled"
    /// The password was changed.
    case passwordChanged = "password_changed"
    /// The address to sign in with was changed.
    case emailChanged = "email_changed"
    /// A way of proving who one is was added or removed.
    case secondFactorChanged = "second_factor_changed"
    /// Somebody signed in from a device that was not seen before.
    case newDevice = "new_device"
}

extension NotificationType {
    /// Whether it guards the account: it cannot be turned off and does not wait.
    public var isSecurity: Bool {
        switch self {
        case .passwordChanged, .emailChanged, .secondFactorChanged, .newDevice: true
        default: false
        }
    }

    /// The channels of those who chose none.
    ///
    /// Changes of an account, and the end of a webhook, are mailed by what makes them, as links and codes are; so their mail is not sent
    /// twice.
    public var defaultChannels: Set<NotificationChannel> {
        switch self {
        case .welcome, .enrollment, .enrollmentCompleted, .paymentSucceeded, .certificateIssued: [.inApp, .email]
        case .assignmentCreated, .assignmentDueSoon, .assignmentGraded, .quizGraded, .gradeReleased, .paymentFailed,
            .announcement, .courseStarting, .courseEnding, .mention, .answer:
            [.inApp, .email, .push]
        case .message, .reply: [.inApp, .push]
        case .inactiveLearner, .exportReady: [.inApp, .email]
        case .lessonPublished, .assignmentSubmitted, .achievement: [.inApp, .push]
        case .courseUpdate: [.inApp]
        case .webhookDisabled, .passwordChanged, .emailChanged, .secondFactorChanged, .newDevice: [.inApp, .push]
        }
    }

    /// How much it matters, unless somebody says otherwise.
    public var priority: NotificationPriority {
        switch self {
        case .courseUpdate, .achievement, .inactiveLearner: .low
        case .welcome, .enrollment, .enrollmentCompleted, .lessonPublished, .assignmentCreated, .assignmentSubmitted,
            .paymentSucceeded, .certificateIssued, .announcement, .courseStarting, .message, .mention, .answer,
            .reply, .exportReady:
            .medium
        case .assignmentDueSoon, .assignmentGraded, .quizGraded, .gradeReleased, .paymentFailed, .courseEnding,
            .webhookDisabled:
            .high
        case .passwordChanged, .emailChanged, .secondFactorChanged, .newDevice: .urgent
        }
    }

    /// For how many days it is of use.
    public var days: Int {
        switch self {
        case .assignmentDueSoon: 2
        case .courseStarting, .courseEnding, .courseUpdate, .exportReady: 14
        case .inactiveLearner, .achievement, .lessonPublished: 30
        default: 90
        }
    }

    /// What its texts may name besides `organization` and `course`.
    public var parameters: [String] {
        switch self {
        case .lessonPublished: ["lesson"]
        case .assignmentCreated, .assignmentDueSoon: ["assignment", "due"]
        case .assignmentSubmitted: ["assignment", "learner"]
        case .assignmentGraded: ["assignment", "score"]
        case .quizGraded: ["quiz", "score"]
        case .gradeReleased: ["item"]
        case .paymentSucceeded, .paymentFailed: ["amount"]
        case .certificateIssued: ["number"]
        case .courseStarting, .courseEnding: ["date"]
        case .inactiveLearner: ["days"]
        case .message, .mention, .answer, .reply: ["sender"]
        case .achievement: ["achievement"]
        case .webhookDisabled: ["address"]
        case .newDevice: ["device"]
        default: []
        }
    }

    /// Everything that its texts may name.
    var knownParameters: Set<String> { Set(parameters + ["organization", "course"]) }

    /// The names in the database.
    static let names = allCases.map(\.rawValue)
}
