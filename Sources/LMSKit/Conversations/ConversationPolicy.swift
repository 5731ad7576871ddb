// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What there is between who writes and somebody they write to.
struct Acquaintance: Sendable, Hashable {
    /// Who is written to.
    var user: Principal.ID
    /// Whether they may sign in.
    var isActive = true
    /// Whether one of both teaches or assists in a course in which the other learns, teaches or assists.
    var sharesTaughtCourse = false
    /// Whether both learn in a course.
    var sharesCourse = false
    /// Whether they do not want to be written to by who writes.
    var refuses = false
    /// Whether who writes does not want to be written to by them.
    var isRefused = false

    init(
        user: Principal.ID,
        isActive: Bool = true,
        sharesTaughtCourse: Bool = false,
        sharesCourse: Bool = false,
        refuses: Bool = false,
        isRefused: Bool = false
    ) {
        self.user = user
        self.isActive = isActive
        self.sharesTaughtCourse = sharesTaughtCourse
        self.sharesCourse = sharesCourse
        self.refuses = refuses
        self.isRefused = isRefused
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        isActive = try fields.next()
        sharesTaughtCourse = try fields.next()
        sharesCourse = try fields.next()
        refuses = try fields.next()
        isRefused = try fields.next()
    }
}

/// The rules of who may write to whom; no I/O.
enum ConversationPolicy {
    /// Decides what lets somebody begin a conversation with somebody.
    ///
    /// - Parameters:
    ///   - other: What there is between both.
    ///   - principal: Who writes.
    ///   - learnersMayWrite: Whether the tenant lets learners write to each other.
    /// - Returns: What lets them.
    /// - Throws: `.recipientBlocked`; `.recipientNotFound` for everybody else whom they may not write to, whatever the reason.
    static func basis(
        _ other: Acquaintance,
        for principal: Principal,
        learnersMayWrite: Bool
    ) throws(ConversationError) -> Conversation.Basis {
        let basis = relation(other, for: principal, learnersMayWrite: learnersMayWrite)
        guard let basis, other.isActive, !isRefused(by: other, principal) else { throw .recipientNotFound }
        guard !other.isRefused else { throw .recipientBlocked }
        return basis
    }

    /// Refuses a message in a direct conversation that has begun.
    ///
    /// - Parameters:
    ///   - other: What there is between both; `nil` if the other one was erased.
    ///   - basis: What let it begin.
    ///   - principal: Who writes.
    ///   - learnersMayWrite: Whether the tenant lets learners write to each other.
    /// - Throws: `.recipientBlocked`; `.closed` for every other reason.
    static func requireOpen(
        _ other: Acquaintance?,
        basis: Conversation.Basis,
        for principal: Principal,
        learnersMayWrite: Bool
    ) throws(ConversationError) {
        guard let other else { throw .closed }
        guard !other.isRefused else { throw .recipientBlocked }
        guard other.isActive, !isRefused(by: other, principal) else { throw .closed }
        // Whom somebody with the right to write to everybody wrote to may answer.
        guard basis == .office || relation(other, for: principal, learnersMayWrite: learnersMayWrite) != nil else {
            throw .closed
        }
    }

    /// Refuses a message in a group that the tenant does not want any more, or in which the writer has to do with nobody any more.
    ///
    /// - Parameters:
    ///   - others: What there is between the writer and each of the others who did not leave.
    ///   - basis: What let it begin.
    ///   - principal: Who writes.
    ///   - learnersMayWrite: Whether the tenant lets learners write to each other.
    /// - Throws: `.closed`.
    static func requireOpen(
        group others: [Acquaintance],
        basis: Conversation.Basis,
        for principal: Principal,
        learnersMayWrite: Bool
    ) throws(ConversationError) {
        guard basis != .peers || learnersMayWrite else { throw .closed }
        // Whom somebody with the right to write to everybody wrote to may answer.
        if basis == .office { return }
        let isAcquainted = others.contains { other in
            relation(other, for: principal, learnersMayWrite: learnersMayWrite) != nil
        }
        guard isAcquainted else { throw .closed }
    }

    /// The basis of a group: what holds least.
    static func weakest(_ bases: [Conversation.Basis]) -> Conversation.Basis {
        if bases.contains(.peers) { return .peers }
        return bases.contains(.office) ? .office : .course
    }

    /// Whether the message is the principal's to change and it is not too late.
    static func requireEditable(
        _ message: DirectMessage,
        by principal: Principal,
        age seconds: Double
    ) throws(ConversationError) {
        guard message.sender != nil, message.sender == principal.user else { throw .forbidden }
        switch message.status {
        case .deleted, .hidden: throw .tooLate
        case .sent, .edited: guard seconds <= DirectMessage.editSeconds else { throw .tooLate }
        }
    }

    private static func relation(
        _ other: Acquaintance,
        for principal: Principal,
        learnersMayWrite: Bool
    ) -> Conversation.Basis? {
        guard principal.user != other.user else { return nil }
        if other.sharesTaughtCourse { return .course }
        if principal.may(.messageWrite, on: .foreign) { return .office }
        return other.sharesCourse && learnersMayWrite ? .peers : nil
    }

    /// Nobody shuts out those who look after the tenant.
    private static func isRefused(by other: Acquaintance, _ principal: Principal) -> Bool {
        other.refuses && !principal.may(.messageModerate, on: .foreign)
    }
}
