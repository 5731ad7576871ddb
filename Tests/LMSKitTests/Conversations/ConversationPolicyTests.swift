// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct ConversationPolicyTests {
    private static let me: Principal.ID = IdentifierSource().next()
    private static let other: Principal.ID = IdentifierSource().next()
    private static let learner = Principal(.user(me), grants: BuiltInRole.student.grants)
    private static let teacher = Principal(.user(me), grants: BuiltInRole.instructor.grants)
    private static let admin = Principal(.user(me), grants: BuiltInRole.admin.grants)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var principal = ConversationPolicyTests.learner
        var facts = Acquaintance(user: ConversationPolicyTests.other)
        var learnersMayWrite = false
        let expected: Conversation.Basis?

        var testDescription: String { name }
    }

    private static func facts(_ change: (inout Acquaintance) -> Void) -> Acquaintance {
        var facts = Acquaintance(user: other)
        change(&facts)
        return facts
    }

    static let cases: [Case] = [
        Case(name: "a learner to nobody they know", expected: nil),
        Case(name: "a learner to who teaches them", facts: facts { $0.sharesTaughtCourse = true }, expected: .course),
        Case(name: "a learner to a learner", facts: facts { $0.sharesCourse = true }, expected: nil),
        Case(
            name: "a learner to a learner where that is allowed",
            facts: facts { $0.sharesCourse = true },
            learnersMayWrite: true,
            expected: .peers
        ),
        Case(name: "a learner to a stranger where learners may write", learnersMayWrite: true, expected: nil),
        Case(name: "a teacher to nobody of theirs", principal: teacher, expected: nil),
        Case(
            name: "a teacher to their learner",
            principal: teacher,
            facts: facts { $0.sharesTaughtCourse = true },
            expected: .course
        ),
        Case(name: "an admin to anybody", principal: admin, expected: .office),
        Case(
            name: "to who is suspended",
            principal: admin,
            facts: facts { $0.isActive = false },
            expected: nil
        ),
        Case(
            name: "to who blocks the learner",
            facts: facts { ($0.sharesTaughtCourse, $0.refuses) = (true, true) },
            expected: nil
        ),
        Case(
            name: "an admin to who blocks them",
            principal: admin,
            facts: facts { $0.refuses = true },
            expected: .office
        ),
        Case(name: "to oneself", principal: admin, facts: Acquaintance(user: me), expected: nil),
        Case(name: "nobody", principal: .anonymous, expected: nil),
    ]

    @Test(arguments: cases)
    func `who may begin a conversation with whom`(_ example: Case) throws {
        let decide = { () throws(ConversationError) in
            try ConversationPolicy.basis(
                example.facts,
                for: example.principal,
                learnersMayWrite: example.learnersMayWrite
            )
        }
        if let expected = example.expected {
            #expect(try decide() == expected)
        } else {
            #expect(throws: ConversationError.recipientNotFound) { _ = try decide() }
        }
    }

    @Test func `who blocked somebody is told to unblock them, and nothing if they may not write anyway`() {
        let blocked = Self.facts { ($0.sharesTaughtCourse, $0.isRefused) = (true, true) }
        #expect(throws: ConversationError.recipientBlocked) {
            _ = try ConversationPolicy.basis(blocked, for: Self.learner, learnersMayWrite: false)
        }
        let both = Self.facts { ($0.sharesTaughtCourse, $0.isRefused, $0.refuses) = (true, true, true) }
        #expect(throws: ConversationError.recipientNotFound) {
            _ = try ConversationPolicy.basis(both, for: Self.learner, learnersMayWrite: false)
        }
    }

    @Test(
        arguments: [
            (Acquaintance?.none, Conversation.Basis.course, false),
            (facts { $0.sharesTaughtCourse = true }, .course, true),
            (facts { _ in }, .course, false),
            (facts { _ in }, .office, true),
            (facts { $0.refuses = true }, .office, false),
            (facts { $0.isActive = false }, .office, false),
            (facts { $0.sharesCourse = true }, .peers, false),
        ]
    )
    func `who may go on writing`(facts: Acquaintance?, basis: Conversation.Basis, isOpen: Bool) throws {
        let check = { () throws(ConversationError) in
            try ConversationPolicy.requireOpen(facts, basis: basis, for: Self.learner, learnersMayWrite: false)
        }
        if isOpen { try check() } else { #expect(throws: ConversationError.closed) { try check() } }
    }

    @Test func `the basis of a group is what holds least`() {
        #expect(ConversationPolicy.weakest([.course, .office, .course]) == .office)
        #expect(ConversationPolicy.weakest([.course, .peers, .office]) == .peers)
        #expect(ConversationPolicy.weakest([.course]) == .course)
    }

    @Test(
        arguments: [
            ([facts { $0.sharesTaughtCourse = true }, facts { _ in }], Conversation.Basis.course, false, true),
            ([facts { $0.sharesCourse = true }], .course, false, false),
            ([facts { $0.sharesCourse = true }], .course, true, true),
            ([facts { _ in }], .course, true, false),
            ([], .course, true, false),
            ([facts { _ in }], .office, false, true),
            ([facts { $0.sharesTaughtCourse = true }], .peers, false, false),
            ([facts { $0.sharesCourse = true }], .peers, true, true),
        ]
    )
    func `who may go on writing in a group`(
        others: [Acquaintance],
        basis: Conversation.Basis,
        learnersMayWrite: Bool,
        isOpen: Bool
    ) throws {
        let check = { () throws(ConversationError) in
            try ConversationPolicy.requireOpen(
                group: others,
                basis: basis,
                for: Self.learner,
                learnersMayWrite: learnersMayWrite
            )
        }
        if isOpen { try check() } else { #expect(throws: ConversationError.closed) { try check() } }
    }
}
