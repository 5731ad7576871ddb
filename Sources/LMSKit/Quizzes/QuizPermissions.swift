// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See the keys of questions and everybody's attempts at quizzes, grade and extend them; `own` is in the courses one teaches or
    /// assists in.
    public static let quizGrade = Permission("quiz:grade")
}
