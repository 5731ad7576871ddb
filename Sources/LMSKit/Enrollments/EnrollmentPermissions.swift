// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Enroll; `own` is oneself.
    public static let enrollmentCreate = Permission("enrollment:create")
    /// See who is enrolled; `own` is in the courses one teaches.
    ///
    /// Everybody sees their own enrollments.
    public static let enrollmentRead = Permission("enrollment:read")
    /// Enroll and drop others, also in courses that cost something.
    public static let enrollmentManage = Permission("enrollment:manage")
}
