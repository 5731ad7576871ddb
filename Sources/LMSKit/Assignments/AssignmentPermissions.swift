// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Write assignments and rubrics, publish and archive them; `own` is in the courses that one teaches.
    public static let assignmentManage = Permission("assignment:manage")
    /// See what learners handed in, grade, return and release it, and extend; `own` is in the courses one teaches or assists in.
    public static let assignmentGrade = Permission("assignment:grade")
}
