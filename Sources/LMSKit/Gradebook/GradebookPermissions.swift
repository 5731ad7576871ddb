// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See learners' grades; `own` is in the courses one is on the staff of.
    ///
    /// Everybody sees their own, once they are released.
    public static let gradeRead = Permission("grade:read")
    /// Enter scores and excuse learners; `own` is in the courses that one teaches or assists in.
    public static let gradeWrite = Permission("grade:write")
    /// Set up how a course is graded, override, release and mute grades, and bring in tables; `own` is in the courses that one
    /// teaches.
    public static let gradeManage = Permission("grade:manage")
}
