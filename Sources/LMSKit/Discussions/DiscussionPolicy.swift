// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What decides what somebody may do in a course's discussions.
struct DiscussionStanding: Sendable {
    let course: Course
    let facts: AccessFacts
    let suspendedUntil: Date?
    let principal: Principal

    init(course: Course, facts: AccessFacts, suspendedUntil: Date?, principal: Principal) {
        self.course = course
        self.facts = facts
        self.suspendedUntil = suspendedUntil
        self.principal = principal
    }

    /// Reads a course, then what somebody is in it.
    init?(course rows: Rows, standing: Rows, for principal: Principal) throws(DatabaseError) {
        guard let row = rows.only, let own = standing.only else { return nil }
        course = try Course(row: row)
        facts = AccessFacts(of: course, for: principal, enrollment: try own[0])
        suspendedUntil = try own[1]
        self.principal = principal
    }

    /// Whether the discussions are theirs to moderate.
    var mayModerate: Bool { principal.may(.discussionModerate, as: facts.role) }

    /// Whether they see what is not published in the course.
    var isStaff: Bool { EntitlementPolicy.isStaff(facts, principal) }

    var level: AccessLevel { EntitlementPolicy.level(facts, for: principal) }

    /// Refuses who may not read the course's discussions.
    func requireReading() throws(DiscussionError) {
        switch level {
        case .none: throw .courseNotFound
        case .preview: throw facts.isFree ? .enrollmentNeeded : .paymentNeeded
        case .full: return
        }
    }

    /// Whether a thread is no secret to them.
    func maySee(_ thread: DiscussionThread) -> Bool {
        level == .full && (!thread.isHidden || mayModerate)
    }

    /// Refuses who may read and takes no part.
    func requirePart() throws(DiscussionError) {
        guard principal.user != nil, principal.may(.discussionWrite, on: .own) else { throw .forbidden }
        if mayModerate || facts.hasPlace || facts.role == .instructor || facts.role == .assistant { return }
        // An open course is read by everybody, and an observer looks on.
        guard facts.role == nil, !isStaff else { throw .forbidden }
        throw facts.isFree ? .enrollmentNeeded : .paymentNeeded
    }

    /// Refuses who may not say anything.
    func requireWriting(at now: Date) throws(DiscussionError) {
        try requirePart()
        guard course.status != .archived else { throw .archived }
        try requireNoSuspension(at: now)
    }

    private func requireNoSuspension(at now: Date) throws(DiscussionError) {
        if let suspendedUntil, suspendedUntil > now, !mayModerate { throw .suspended(until: suspendedUntil) }
    }

    /// Refuses who may not say anything in the thread.
    func requireWriting(in thread: DiscussionThread, at now: Date) throws(DiscussionError) {
        try requireWriting(at: now)
        guard !thread.isLocked || mayModerate else { throw .locked }
    }

    func isAuthor(of post: DiscussionPost) -> Bool { post.author != nil && post.author == principal.user }

    func isAuthor(of thread: DiscussionThread) -> Bool { thread.author != nil && thread.author == principal.user }

    /// Refuses a change of a thread that is not theirs to make.
    func require(_ changes: DiscussionThreadChanges, of thread: DiscussionThread, at now: Date) throws(DiscussionError)
    {
        guard mayModerate || (isAuthor(of: thread) && !changes.hasFlags) else { throw .forbidden }
        if !mayModerate { try requireWriting(in: thread, at: now) }
        guard course.status != .archived else { throw .archived }
    }

    /// Refuses to accept an answer that is none, or is not theirs to accept.
    func requireAccepting(in thread: DiscussionThread, at now: Date) throws(DiscussionError) {
        guard mayModerate || isAuthor(of: thread) else { throw .forbidden }
        guard thread.kind == .question else { throw .notAnAnswer }
        guard course.status != .archived else { throw .archived }
        try requireNoSuspension(at: now)
    }

    /// Refuses a post that cannot answer a thread.
    static func requireAnswer(_ post: DiscussionPost) throws(DiscussionError) {
        guard post.position > 1, post.status == .published || post.status == .edited else { throw .notAnAnswer }
    }
}
