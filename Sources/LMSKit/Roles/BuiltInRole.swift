// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The roles that every tenant has and none can change.
public enum BuiltInRole: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// Everything, also the tenant's own settings. A tenant has at least one.
    case owner
    /// Everything but the tenant's own settings.
    case admin
    /// Makes courses and runs their own.
    case instructor
    /// Helps with the courses they are listed in.
    case assistant
    /// Learns. Who registers is a student.
    case student
    /// Sees everything and changes nothing.
    case auditor

    /// The role's name.
    public var name: Role.Name { Role.Name(self) }

    /// What the role allows.
    public var grants: Grants {
        switch self {
        case .owner: .everything
        case .admin: BuiltInRole.adminGrants
        case .instructor: BuiltInRole.instructorGrants
        case .assistant: BuiltInRole.assistantGrants
        case .student: BuiltInRole.studentGrants
        case .auditor: BuiltInRole.auditorGrants
        }
    }

    private static let adminGrants = Grants(
        Dictionary(uniqueKeysWithValues: Permission.known.subtracting([.tenantUpdate]).map { ($0, .any) })
    )

    private static let ownAccount: [Permission: PermissionScope] = [
        .userRead: .own, .userUpdate: .own, .userDeactivate: .own,
        .apiKeyCreate: .own,
    ]

    private static let studentGrants = Grants(
        ownAccount.merging([
            .enrollmentCreate: .own, .progressWrite: .own, .reviewWrite: .own,
            .messageWrite: .own, .discussionWrite: .own,
        ]) { $1 }
    )

    private static let instructorGrants = studentGrants.union([
        .courseCreate: .any,
        .courseRead: .own, .courseUpdate: .own, .courseDelete: .own,
        .coursePublish: .own, .courseImport: .own,
        .enrollmentRead: .own, .reviewModerate: .own, .notificationSend: .own,
        .messageModerate: .own, .discussionModerate: .own,
        .assignmentManage: .own, .assignmentGrade: .own,
        .quizGrade: .own, .gradeRead: .own, .gradeWrite: .own, .gradeManage: .own,
    ])

    private static let assistantGrants = studentGrants.union([
        .courseRead: .own, .enrollmentRead: .own,
        .gradeRead: .own, .gradeWrite: .own,
    ])

    private static let auditorGrants = Grants(
        ownAccount.merging([
            .courseRead: .any, .enrollmentRead: .any, .userRead: .any, .roleRead: .any,
            .tenantRead: .any, .auditRead: .any, .impersonationRead: .any, .notificationLog: .any,
            .jobRead: .any, .webhookRead: .any,
            .gradeRead: .any,
        ]) { $1 }
    )
}

extension Grants {
    fileprivate func union(_ scopes: [Permission: PermissionScope]) -> Grants {
        var union = self
        union.formUnion(Grants(scopes))
        return union
    }
}
