// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Keeps learners' grades: what is graded in a course, what each learner was given, and what that comes to.
///
/// Every change acts as the session's principal and leaves the commit to the caller. Grades change under the lock of their
/// learners' enrollments, items under that of the course; the course's lock comes first.
public struct Gradebook: Sendable {
    /// The most items that a course may have.
    public static let itemLimit = 200
    /// The most scores that one call may enter.
    public static let entryLimit = 500
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what those who grade do.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }
}
