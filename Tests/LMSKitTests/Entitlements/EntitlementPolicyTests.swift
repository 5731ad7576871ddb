// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct EntitlementPolicyTests {
    private static let me: Principal.ID = IdentifierSource().next()
    private static let student = Principal(.user(me), grants: BuiltInRole.student.grants)

    /// Every state of a course and an enrollment, and what a learner may read of it.
    @Test(arguments: Course.Status.allCases, [nil] + Enrollment.Status.allCases.map(Optional.some))
    func `a learner reads what they are entitled to`(status: Course.Status, enrollment: Enrollment.Status?) {
        for (isFree, isOpen) in [(false, false), (true, false), (true, true)] {
            let facts = AccessFacts(
                status: status,
                isFree: isFree,
                isOpen: isOpen,
                ownership: .foreign,
                enrollment: enrollment
            )
            let hasPlace = enrollment == .active || enrollment == .completed
            let expected: AccessLevel =
                switch status {
                case .draft, .inReview: .none
                case .archived: hasPlace ? .full : .none
                case .published: hasPlace || isOpen ? .full : .preview
                }
            #expect(EntitlementPolicy.level(facts, for: Self.student) == expected, "\(facts)")
            if enrollment == nil { #expect(EntitlementPolicy.level(facts, for: .anonymous) == expected) }
        }
    }

    @Test(
        arguments: [
            (BuiltInRole.instructor, Ownership.own, AccessLevel.full), (.instructor, .foreign, .none),
            (.assistant, .own, .full), (.assistant, .foreign, .none), (.admin, .foreign, .full),
            (.auditor, .foreign, .full), (.student, .own, .none),
        ]
    )
    func `a draft is read by its staff`(role: BuiltInRole, ownership: Ownership, level: AccessLevel) {
        let facts = AccessFacts(status: .draft, isFree: true, isOpen: true, ownership: ownership, enrollment: .active)
        let principal = Principal(.user(Self.me), grants: role.grants)
        #expect(EntitlementPolicy.level(facts, for: principal) == level)
    }
}
