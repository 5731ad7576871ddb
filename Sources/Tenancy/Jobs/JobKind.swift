// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A kind of work that is done after a commit.
///
/// The database has the list of those that exist (`cell.job_kinds`), with the queue and the priority of each.
public struct JobKind: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
    /// The name in the database.
    public let description: String

    private init(known: StaticString) {
        description = known.description
    }

    /// Deliver a message by mail.
    public static let mail = JobKind(known: "mail")
    /// Deliver a message by SMS.
    public static let sms = JobKind(known: "sms")
    /// Deliver a notification to a device.
    public static let push = JobKind(known: "push")
    /// Tell an audience something.
    public static let notificationFanOut = JobKind(known: "notification_fan_out")
    /// Remind whoever is to be reminded.
    public static let reminders = JobKind(known: "reminders")
    /// Send what was kept for a digest.
    public static let digest = JobKind(known: "digest")
    /// Deliver an event to a tenant's endpoint.
    public static let webhook = JobKind(known: "webhook")
    /// Delete what has been kept long enough.
    public static let retention = JobKind(known: "retention")
    /// Write an export.
    public static let export = JobKind(known: "export")
    /// Make something of an uploaded file.
    public static let media = JobKind(known: "media")
    /// Look at an upload that is complete, and make a file of it.
    public static let upload = JobKind(known: "upload")
    /// Draw a certificate, or remove the file of one that is gone.
    public static let certificate = JobKind(known: "certificate")
    /// Close an attempt at a quiz whose time is over.
    public static let quizDeadline = JobKind(known: "quiz_deadline")
    /// Let follow from a quiz what was kept until it closed.
    public static let quizClosing = JobKind(known: "quiz_closing")
    /// Remind learners of an assignment that is due soon.
    public static let assignmentReminder = JobKind(known: "assignment_reminder")
    /// Compare what a learner handed in with what others did.
    public static let submissionComparison = JobKind(known: "submission_comparison")
    /// Decide who completed a course when work of it is due.
    public static let completionDecision = JobKind(known: "completion_decision")
    /// Do nothing, to see whether and how fast the queue moves.
    public static let probe = JobKind(known: "probe")

    /// Every kind.
    public static let all: [JobKind] = [
        .mail, .sms, .push, .notificationFanOut, .reminders, .digest, .webhook, .retention, .export, .media,
        .upload, .certificate, .quizDeadline, .quizClosing, .assignmentReminder, .submissionComparison,
        .completionDecision, .probe,
    ]

    /// Finds a kind by its name.
    ///
    /// - Parameter name: The name as it came from outside.
    public init?(_ name: String) {
        guard let kind = Self.all.first(where: { $0.description == name }) else { return nil }
        self = kind
    }

    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        description = try String(column: column)
    }
}

/// A line in which jobs wait for a worker; long jobs of one do not hold up those of another.
public enum JobQueue: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// What belongs nowhere else.
    case `default`
    /// Messages to people.
    case mail
    /// Exports, which take long.
    case exports
    /// Work on uploaded files, which takes processors.
    case media
    /// Calls of tenants' own servers.
    case webhooks
    /// What may wait for a quiet hour.
    case maintenance
}
