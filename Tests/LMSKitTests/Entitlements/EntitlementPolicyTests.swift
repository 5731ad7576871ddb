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
                role: nil,
                enrollment: enrollment
            )
            let hasPlace = enrollment == .active || enrollment == .completed
            let expected: AccessLevel =
                switch status {
                case .draft, .inReview: .none
                case .archived:
                    hasPlace || enrollment == .migrated ? .full : enrollment == .pendingPayment ? .preview : .none
                case .published: hasPlace || isOpen ? .full : .preview
                }
            #expect(EntitlementPolicy.level(facts, for: Self.student) == expected, "\(facts)")
            if enrollment == nil { #expect(EntitlementPolicy.level(facts, for: .anonymous) == expected) }
        }
    }

    @Test(
        arguments: [
            (BuiltInRole.instructor, CourseRole?.some(.instructor), AccessLevel.full), (.instructor, .observer, .full),
            (.instructor, nil, .none), (.assistant, .assistant, .full), (.assistant, nil, .none), (.admin, nil, .full),
            (.auditor, nil, .full), (.student, .instructor, .none),
        ]
    )
    func `a draft is read by its staff`(role: BuiltInRole, inCourse: CourseRole?, level: AccessLevel) {
        let facts = AccessFacts(status: .draft, isFree: true, isOpen: true, role: inCourse, enrollment: .active)
        let principal = Principal(.user(Self.me), grants: role.grants)
        #expect(EntitlementPolicy.level(facts, for: principal) == level)
    }
}
