// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A course that somebody asked to have published, and what was decided.
public struct CourseSubmission: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<CourseSubmission>
    /// The submission's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// The course's title now.
    public let title: String
    /// The course's version that is decided on.
    public let courseVersion: Int
    /// What the reviewer should know.
    public let note: String?
    /// Who submitted it; `nil` for a program, or somebody who is gone.
    public let submittedBy: Principal.ID?
    /// When it was submitted, UTC.
    public let submittedAt: Date
    /// How it stands.
    public let status: Status
    /// Who decided; `nil` for a program, or somebody who is gone.
    public let decidedBy: Principal.ID?
    /// When it was decided, or replaced, UTC.
    public let decidedAt: Date?
    /// Why it was decided so.
    public let reason: String?

    package init(
        id: ID,
        course: Course.ID,
        title: String,
        courseVersion: Int,
        note: String?,
        submittedBy: Principal.ID?,
        submittedAt: Date,
        status: Status,
        decidedBy: Principal.ID?,
        decidedAt: Date?,
        reason: String?
    ) {
        self.id = id
        self.course = course
        self.title = title
        self.courseVersion = courseVersion
        self.note = note
        self.submittedBy = submittedBy
        self.submittedAt = submittedAt
        self.status = status
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
        self.reason = reason
    }

    /// The states of a submission.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// For somebody who may decide.
        case waiting
        /// The course was published.
        case approved
        /// The course went back to its authors.
        case changesRequested = "changes_requested"
        /// The course was submitted again before anybody decided.
        case replaced
    }

    /// What a reviewer decides.
    @nonexhaustive
    public enum Decision: Sendable, Hashable {
        /// The course is published; perhaps with a remark.
        case approve(remark: String?)
        /// The course goes back to its authors, for a reason.
        case requestChanges(reason: String)
    }
}

/// Whether a tenant's courses are published after an approval only.
public struct CourseApprovalRule: Sendable, Hashable {
    /// Whether they are.
    public let isRequired: Bool
    /// Raised by each change; for conditional updates.
    public let version: Int

    package init(isRequired: Bool, version: Int) {
        self.isRequired = isRequired
        self.version = version
    }
}

extension CourseSubmission {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        title = try fields.next()
        courseVersion = try fields.next()
        note = try fields.next()
        submittedBy = try fields.next()
        submittedAt = try fields.next()
        status = try fields.next()
        decidedBy = try fields.next()
        decidedAt = try fields.next()
        reason = try fields.next()
    }
}

extension CourseApprovalRule {
    /// Reads the tenant's rule; without one nothing is required.
    init(rows: Rows) throws(DatabaseError) {
        guard let row = rows.only else {
            self.init(isRequired: false, version: 1)
            return
        }
        var fields = RowFields(row)
        self.init(isRequired: try fields.next(), version: try fields.next())
    }
}
