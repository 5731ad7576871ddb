// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// See courses that are not published; `own` are those one teaches.
    public static let courseRead = Permission("course:read")
    /// Create courses.
    public static let courseCreate = Permission("course:create")
    /// Change courses with their modules and lessons.
    public static let courseUpdate = Permission("course:update")
    /// Delete courses.
    public static let courseDelete = Permission("course:delete")
    /// Publish courses and take them back.
    public static let coursePublish = Permission("course:publish")
    /// Import courses from archives.
    public static let courseImport = Permission("course:import")
}
