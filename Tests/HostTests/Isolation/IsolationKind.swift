// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// A kind of thing that routes name, by the name that its identifier has in their descriptions.
enum IsolationKind: String, CaseIterable {
    case tenant = "Tenant"
    case user = "Principal"
    case role = "Role"
    case invitation = "Invitation"
    case course = "Course"
    case slug
    case module = "Module"
    case lesson = "Lesson"
    case file = "StoredFile"
    case upload = "FileUpload"
    case media = "MediaItem"
    case mediaFile = "MediaFile"
    case courseImport = "CourseImport"
    case enrollment = "Enrollment"
    case review = "Review"
    case event = "Event"
    case session = "SignInSession"
    case device = "RememberedDevice"
    case apiKey = "APIKey"
    case serviceAccount = "ServiceAccount"
    case identityProvider = "IdentityProvider"
    case identity = "FederatedIdentity"
    case impersonation = "Impersonation"
    case pushSubscription = "PushSubscription"
    case notification = "UserNotification"
    case announcement = "Announcement"
    /// Whoever has it may use it; so only those of other tenants are tried.
    case unsubscribeToken
    /// Whoever has it may read the calendar; so only those of other tenants are tried.
    case calendarFile
    case conversation = "Conversation"
    case message = "DirectMessage"
    case job = "Job"
    case thread = "DiscussionThread"
    case post = "DiscussionPost"
    case report = "ModerationReport"
    case certificate = "Certificate"
    /// Whoever was shown one may check it; so only those of other tenants are tried.
    case certificateNumber
    case certificateTemplate = "CertificateTemplate"
    /// Whoever may create courses may begin with any.
    case courseTemplate = "CourseTemplate"
    case webhookEndpoint = "WebhookEndpoint"
    case webhookDelivery = "WebhookDelivery"
    case questionBank = "QuestionBank"
    case question = "BankQuestion"
    case quiz = "Quiz"
    case quizAttempt = "QuizAttempt"
    case quizAnswerFile = "QuizAnswerFile"
    case rubric = "Rubric"
    case groupSet = "GroupSet"
    case courseGroup = "CourseGroup"
    case assignment = "Assignment"
    case submission = "Submission"
    case submissionComment = "SubmissionComment"
    case submissionFile = "SubmissionFile"
    case peerReview = "PeerReview"
    case gradeItem = "GradeItem"
    case gradeCategory = "GradeCategory"
    case gradeImport = "GradeImport"
    case cohort = "Cohort"

    /// What lets somebody see another owner's; `nil` for what has no owner within its tenant.
    var reading: Permission? {
        switch self {
        case .webhookEndpoint, .webhookDelivery: nil
        case .certificateNumber, .certificateTemplate, .courseTemplate: nil
        case .tenant, .role, .invitation, .identityProvider, .impersonation, .unsubscribeToken, .job,
            .event, .calendarFile:
            nil
        case .user, .identity: .userRead
        case .course, .slug, .module, .lesson, .file, .media, .mediaFile: .courseRead
        case .courseImport: .courseImport
        case .enrollment, .certificate: .enrollmentRead
        case .review: .reviewModerate
        case .session, .device, .pushSubscription: .userDeactivate
        case .apiKey: .apiKeyManage
        case .serviceAccount: .serviceAccountManage
        case .notification: .notificationLog
        case .announcement: .notificationSend
        case .conversation, .message, .gradeImport, .upload, .peerReview: .nobody
        case .gradeItem, .gradeCategory: .gradeRead
        case .thread, .post, .questionBank, .question, .quiz, .cohort: .courseRead
        case .quizAttempt, .quizAnswerFile: .quizGrade
        case .rubric, .assignment, .groupSet, .courseGroup: .courseRead
        case .submission, .submissionComment, .submissionFile: .assignmentGrade
        case .report: .messageModerate
        }
    }

    /// What lets somebody change another owner's.
    var changing: Permission? {
        switch self {
        case .webhookEndpoint, .webhookDelivery: nil
        case .certificateNumber, .certificateTemplate, .courseTemplate: nil
        case .tenant, .role, .invitation, .identityProvider, .impersonation, .notification, .unsubscribeToken, .job,
            .event, .calendarFile:
            nil
        case .user, .identity: .userUpdate
        case .course, .slug, .module, .lesson, .file, .media, .mediaFile: .courseUpdate
        case .courseImport: .courseImport
        case .enrollment: .enrollmentManage
        case .certificate: .certificateManage
        case .review: .reviewModerate
        case .session, .device, .pushSubscription: .userDeactivate
        case .apiKey: .apiKeyManage
        case .serviceAccount: .serviceAccountManage
        case .announcement: .notificationSend
        case .conversation, .message, .gradeImport, .upload, .peerReview: .nobody
        case .gradeItem, .gradeCategory: .gradeManage
        case .thread, .post: .discussionModerate
        case .questionBank, .question, .quiz, .cohort: .courseUpdate
        case .quizAttempt, .quizAnswerFile: .quizGrade
        case .rubric, .assignment, .groupSet, .courseGroup: .assignmentManage
        case .submission, .submissionComment, .submissionFile: .assignmentGrade
        case .report: .messageModerate
        }
    }

    /// An identifier that was never given to anything.
    var neverIssued: String {
        self == .slug ? "never-issued" : "01890a5d-dead-774b-bcce-b302099a8057"
    }
}

/// One owner's things, one of each kind.
struct Estate: Sendable {
    let name: String
    var ids: [IsolationKind: String] = [:]

    subscript(kind: IsolationKind) -> String { ids[kind] ?? kind.neverIssued }
}

extension Permission {
    /// What nobody holds: of things that are seen by those who take part in them alone.
    fileprivate static let nobody = Permission("nobody:at_all")
}
