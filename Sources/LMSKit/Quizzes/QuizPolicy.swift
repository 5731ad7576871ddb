// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What decides what somebody may do with a course's quizzes.
struct QuizStanding: Sendable {
    let course: Course
    let facts: AccessFacts
    /// Their place in the course, whatever its status.
    let enrollment: Enrollment.ID?
    let principal: Principal

    /// Reads a course, then the place of the principal in it; `nil` if there is no such course.
    init?(course rows: Rows, place: Rows, for principal: Principal) throws(DatabaseError) {
        guard let row = rows.only else { return nil }
        course = try Course(row: row)
        let status: Enrollment.Status?
        if let own = place.only {
            enrollment = try own[0]
            status = try own[1]
        } else {
            (enrollment, status) = (nil, nil)
        }
        facts = AccessFacts(of: course, for: principal, enrollment: status)
        self.principal = principal
    }

    /// Whether they write its quizzes and questions.
    var mayAuthor: Bool { principal.may(.courseUpdate, as: facts.role) }

    /// Whether they see everybody's attempts and grade them.
    var mayGrade: Bool { principal.may(.quizGrade, as: facts.role) }

    /// Whether the keys of its questions are no secret to them.
    var maySeeKeys: Bool { mayAuthor || mayGrade }

    /// Whether they see what is not published in the course.
    var isStaff: Bool { maySeeKeys || EntitlementPolicy.isStaff(facts, principal) }

    /// Whether they know that there is such a course.
    var isKnown: Bool { isStaff || EntitlementPolicy.level(facts, for: principal) != .none }

    func maySee(_ quiz: Quiz) -> Bool {
        isStaff || (quiz.status != .draft && EntitlementPolicy.level(facts, for: principal) == .full)
    }

    func requireAuthor(or hidden: QuizError) throws(QuizError) {
        guard mayAuthor else { throw isStaff ? .forbidden : hidden }
    }

    func requireGrader(or hidden: QuizError) throws(QuizError) {
        guard mayGrade else { throw isStaff ? .forbidden : hidden }
    }

    func requireKeys(or hidden: QuizError) throws(QuizError) {
        guard maySeeKeys else { throw isStaff ? .forbidden : hidden }
    }

    /// Refuses whoever has no place in the course that counts.
    func requirePlace() throws(QuizError) -> (user: Principal.ID, enrollment: Enrollment.ID) {
        guard let user = principal.user, principal.may(.progressWrite, on: .own) else { throw .forbidden }
        guard facts.hasPlace, let enrollment else {
            guard facts.role == nil, !isStaff else { throw .forbidden }
            throw facts.isFree ? .enrollmentNeeded : .paymentNeeded
        }
        return (user, enrollment)
    }
}

/// When a learner takes a quiz, and what they have of it; no I/O.
struct QuizTerms: Sendable {
    let settings: QuizSettings
    let extraSeconds: Int
    let extraAttempts: Int
    let extendedUntil: Date?

    init(_ settings: QuizSettings, extraSeconds: Int = 0, extraAttempts: Int = 0, extendedUntil: Date? = nil) {
        self.settings = settings
        self.extraSeconds = extraSeconds
        self.extraAttempts = extraAttempts
        self.extendedUntil = extendedUntil
    }

    /// When the quiz closes for the learner.
    var closesAt: Date? {
        guard let closes = settings.closesAt else { return nil }
        return max(closes, extendedUntil ?? closes)
    }

    var attemptLimit: Int? { settings.attemptLimit.map { $0 + extraAttempts } }

    /// When an attempt should be submitted that begins at a moment: the earlier of its time limit and the end of the quiz.
    func deadline(startingAt start: Date) -> Date? {
        let limit = settings.timeLimitSeconds.map { start.addingTimeInterval(TimeInterval($0 + extraSeconds)) }
        guard let closesAt else { return limit }
        return limit.map { min($0, closesAt) } ?? closesAt
    }

    /// Refuses an attempt that begins at a moment outside of the window, or one too many.
    func requireStart(at now: Date, after attempts: Int) throws(QuizError) {
        if let opens = settings.opensAt, now < opens { throw .notOpen(until: opens) }
        if let closesAt, now >= closesAt { throw .closed }
        if let limit = attemptLimit, attempts >= limit { throw .noAttemptsLeft(limit: limit) }
    }
}

extension Quiz {
    /// Until when anybody begins an attempt, whatever they were given besides; `nil` while that is open.
    var lastStart: Date? {
        guard let closes = settings.closesAt else { return nil }
        return max(closes, lastExtension ?? closes)
    }

    /// Whether nobody takes the quiz and nobody can any more, so that nothing that is shown helps anybody.
    ///
    /// An attempt whose time is over counts as taken until it is closed.
    func isClosed(at now: Date) -> Bool {
        guard !hasOpenAttempts else { return false }
        guard status != .archived else { return true }
        // Who began in the last moment may wait for their turn.
        return lastStart.map { now > $0.addingTimeInterval(QuizAttempt.patience) } ?? false
    }

    /// Whether learners see at a moment what is shown to them by a rule, once they have submitted.
    func shows(_ reveal: Reveal, at now: Date) -> Bool {
        switch reveal {
        case .never: false
        case .afterSubmit: true
        case .afterClose: isClosed(at: now)
        }
    }

    /// Whether an attempt is graded and earned what the quiz asks for; never where it asks for nothing.
    func isPassed(by attempt: QuizAttempt) -> Bool {
        guard attempt.status == .graded, let score = attempt.score, let pass = settings.passPercentage else {
            return false
        }
        return score.isAtLeast(pass, percentOf: attempt.maxScore)
    }

    /// Whether an attempt has completed the quiz's lesson.
    ///
    /// A quiz that is passed completes it once its learner may see their score, since completing it says that they passed. Where there is
    /// nothing to pass, or the score is never shown, handing in completes it.
    func completesLesson(by attempt: QuizAttempt, at now: Date) -> Bool {
        guard attempt.status != .inProgress else { return false }
        guard settings.passPercentage != nil, settings.scoreReveal != .never else { return true }
        return isPassed(by: attempt) && shows(settings.scoreReveal, at: now)
    }

    /// What of an attempt its learner may see at a moment: nothing while the gradebook keeps it from them.
    func reveal(of attempt: QuizAttempt, at now: Date) -> QuizReveal {
        guard attempt.status != .inProgress, !isMuted else { return .nothing }
        return QuizReveal(
            showsScore: shows(settings.scoreReveal, at: now),
            showsFeedback: shows(settings.feedbackReveal, at: now),
            showsAnswers: shows(settings.answerReveal, at: now)
        )
    }
}
