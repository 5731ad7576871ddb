// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Every permission there is; roles can be made of these and no others.
    public static let known: Set<Permission> = [
        .courseRead, .courseCreate, .courseUpdate,
        .courseDelete, .coursePublish, .courseImport,
        .enrollmentCreate, .enrollmentRead, .enrollmentManage,
        .progressWrite,
        .reviewWrite, .reviewModerate,
        .certificateManage,
        .gradeRead, .gradeWrite, .gradeManage,
        .notificationSend, .notificationTemplate, .notificationLog,
        .messageWrite, .messageModerate,
        .discussionWrite, .discussionModerate,
        .quizGrade,
        .assignmentManage, .assignmentGrade,
        .userRead, .userCreate, .userUpdate, .userDeactivate,
        .roleRead, .roleManage, .roleAssign,
        .tenantRead, .tenantUpdate,
        .auditRead, .eventManage,
        .jobRead, .jobManage,
        .impersonationRead, .impersonationEnd,
        .tokenIntrospect,
        .apiKeyCreate, .apiKeyManage,
        .serviceAccountManage,
        .identityManage,
        .webhookRead, .webhookManage,
    ]
}

extension Grants {
    /// Everything, of every user's.
    static let everything = Grants(Dictionary(uniqueKeysWithValues: Permission.known.map { ($0, .any) }))

    /// Returns whether everything that other grants allow is allowed by these too.
    ///
    /// - Parameter other: What somebody else holds, or is to hold.
    /// - Returns: `true` if each of its permissions is held here with the same reach or a wider one.
    public func cover(_ other: Grants) -> Bool {
        other.permissions.allSatisfy { permission in
            guard let needed = other.scope(of: permission), let held = scope(of: permission) else { return false }
            return needed <= held
        }
    }
}

extension Principal {
    /// Whether this principal may hand out, take away or act upon what others may do.
    func covers(_ other: Grants) -> Bool {
        if case .system = kind { return true }
        return grants.cover(other)
    }
}
