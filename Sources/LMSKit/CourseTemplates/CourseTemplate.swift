// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A course that is there to be copied; its identifier is the course's.
public struct CourseTemplate: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<CourseTemplate>
    /// The course: a draft.
    public let course: Course

    /// The template's identifier.
    public var id: ID { ID(course.id.uuid) }
}
