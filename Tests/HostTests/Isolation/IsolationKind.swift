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
    case courseImport = "CourseImport"
    case enrollment = "Enrollment"
    case review = "Review"
    case session = "SignInSession"
    case device = "RememberedDevice"
    case apiKey = "APIKey"
    case serviceAccount = "ServiceAccount"
    case identityProvider = "IdentityProvider"
    case identity = "FederatedIdentity"
    case impersonation = "Impersonation"

    /// What lets somebody see another owner's; `nil` for what has no owner within its tenant.
    var reading: Permission? {
        switch self {
        case .tenant, .role, .invitation, .identityProvider, .impersonation: nil
        case .user, .identity: .userRead
        case .course, .slug, .module, .lesson, .file: .courseRead
        case .courseImport: .courseImport
        case .enrollment: .enrollmentRead
        case .review: .reviewModerate
        case .session, .device: .userDeactivate
        case .apiKey: .apiKeyManage
        case .serviceAccount: .serviceAccountManage
        }
    }

    /// What lets somebody change another owner's.
    var changing: Permission? {
        switch self {
        case .tenant, .role, .invitation, .identityProvider, .impersonation: nil
        case .user, .identity: .userUpdate
        case .course, .slug, .module, .lesson, .file: .courseUpdate
        case .courseImport: .courseImport
        case .enrollment: .enrollmentManage
        case .review: .reviewModerate
        case .session, .device: .userDeactivate
        case .apiKey: .apiKeyManage
        case .serviceAccount: .serviceAccountManage
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
