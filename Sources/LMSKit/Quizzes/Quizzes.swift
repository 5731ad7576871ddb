// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Writes questions and quizzes, lets learners take them, and grades them.
///
/// What is asked in an attempt, in which order, and by which key is decided here and stored with it; a learner sees questions without
/// their keys. Locks are taken in one order: course, quiz, the learner's place in the course, attempt. Learners take nothing but shared
/// locks on the quiz, so they never wait for each other.
public struct Quizzes: Sendable {
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit
    let gradebook: Gradebook
    let patterns: (any TextPatterns)?

    var grading: QuestionGrading { QuestionGrading(patterns: patterns) }

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens, and says when time is over.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what authors and graders do.
    ///   - gradebook: Keeps what learners have of quizzes beside their other grades.
    ///   - patterns: Matches the regular expressions of keys; without it there are none.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit(),
        gradebook: Gradebook = Gradebook(),
        patterns: (any TextPatterns)? = nil
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        self.gradebook = gradebook
        self.patterns = patterns
    }

    /// Makes a quiz that asks nothing yet.
    ///
    /// - Parameters:
    ///   - settings: What it is called and how it goes.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The quiz, a draft.
    /// - Throws: `QuizError.courseNotFound`; `.forbidden` without `course:update` on the course; `.lessonNotFound`; `.invalid`.
    public func create(
        _ settings: QuizSettings,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Quiz {
        try await standing(in: .course(course), or: .courseNotFound, session: session).requireAuthor(
            or: .courseNotFound
        )
        try await require(lesson: settings.lesson, of: course, session: session)
        let id: Quiz.ID = identifiers.next()
        return try await run([.insertQuiz(id, settings, in: course, at: clock.now())], on: id, session: session)
    }

    /// Changes how a quiz is called and goes.
    ///
    /// Attempts that go on keep their time limit. Where the quiz closes at another time their deadlines move, in the same transaction;
    /// none comes before now. Its item in the gradebook follows, and with another policy what learners have of it.
    ///
    /// - Parameters:
    ///   - id: The quiz, which is locked with its course.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    ///   - change: Changes the settings that there are.
    /// - Returns: The quiz.
    /// - Throws: `QuizError.notFound`; `.forbidden`; `.versionMismatch`; `.lessonNotFound`; `.invalid`.
    public func change(
        _ id: Quiz.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession,
        _ change: (inout QuizSettings) -> Void
    ) async throws(QuizError) -> Quiz {
        let former = try await lock(id, expecting: version, session: session)
        var settings = former.settings
        change(&settings)
        guard settings != former.settings else { return former }
        if settings.lesson != former.settings.lesson {
            try await require(lesson: settings.lesson, of: former.course, session: session)
        }
        let now = clock.now()
        var statements: [SQL] = [.updateQuiz(id, settings, at: now)]
        if settings.attemptPolicy != former.settings.attemptPolicy {
            statements.append(.lockEnrollments(of: former.course))
            statements += results(of: nil, in: id, at: now, by: session.principal)
        }
        if former.status != .draft {
            statements.append(audit.recording(AuditEvent("quiz.changed", on: id), by: session.principal))
        }
        let quiz = try await run(statements, on: id, session: session)
        try await QuizError.translating {
            let isCalledOtherwise = settings.title != former.settings.title
            if quiz.status != .draft, isCalledOtherwise || settings.closesAt != former.settings.closesAt {
                try await keepGradeItem(of: quiz, session: session)
            }
            if settings.shows(unlike: former.settings) { try await showGrades(of: quiz, at: now, session: session) }
            if settings.closesAt != former.settings.closesAt {
                try await moveDeadlines(in: id, of: nil, at: now, session: session)
            }
            if settings.decidesLater(than: former.settings) {
                try await settleLater(quiz, at: now, session: session)
            }
        }
        return quiz
    }

    /// Says what a quiz asks; nobody may have begun an attempt.
    ///
    /// - Parameters:
    ///   - slots: Up to 200, in the order in which they are asked; at most 200 questions together.
    ///   - id: The quiz, which is locked with its course.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The quiz.
    /// - Throws: `QuizError.notFound`; `.forbidden`; `.versionMismatch`; `.hasAttempts`; `.impossibleSlot` for a question or bank that is
    ///   none of the course, a question that is there twice, or fewer questions than are drawn; `.tooManyGradeItems`; `.invalid`.
    public func arrange(
        _ slots: [QuizSlot],
        in id: Quiz.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Quiz {
        let quiz = try await lock(id, expecting: version, session: session)
        guard slots.count <= QuizSlot.limit, slots.reduce(0, { $0 + $1.count }) <= QuizSlot.limit else {
            throw .invalid(constraint: "quiz_slots_position_ck")
        }
        if quiz.status != .draft, slots.isEmpty { throw .empty }
        try await requireNoAttempts(of: id, session: session)
        var seen: Set<BankQuestion.ID> = []
        for (index, slot) in slots.enumerated() {
            if let question = slot.question, !seen.insert(question).inserted {
                throw .impossibleSlot(position: index + 1)
            }
        }
        do {
            try await session.batch(
                [.deleteSlots(of: id)]
                    + slots.enumerated().map { .insertSlot($1, at: $0 + 1, of: id, in: quiz.course) }
            )
        } catch .constraint(.foreignKey, let name)
            where name == "quiz_slots_question_id_fk" || name == "quiz_slots_bank_id_fk"
        {
            throw .impossibleSlot(position: 0)
        } catch {
            throw QuizError(error)
        }
        if quiz.status != .draft { try await requireQuestions(of: id, session: session) }
        let now = clock.now()
        let changed = try await run([.touchQuiz(id, at: now)], on: id, session: session)
        if changed.status != .draft {
            try await QuizError.translating {
                try await keepGradeItem(of: changed, session: session)
                // An item that was there may have been muted, or shown, by somebody.
                if quiz.points == .zero { try await showGrades(of: changed, at: now, session: session) }
            }
        }
        return changed
    }

    /// Publishes a quiz, or takes it back for good; doing it again changes nothing.
    ///
    /// What is published has an item in the course's gradebook from then on, unless it gives no points.
    ///
    /// - Parameters:
    ///   - status: `published` or `archived`; what is archived stays so.
    ///   - id: The quiz, which is locked with its course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The quiz.
    /// - Throws: `QuizError.notFound`; `.forbidden`; `.empty` without questions; `.impossibleSlot` where fewer questions are left than are
    ///   drawn; `.notPublished` for one that is archived, or a draft that is to be archived; `.tooManyGradeItems` where the gradebook is full;
    ///   `.invalid` for more points than an item of the gradebook gives.
    public func setStatus(
        _ status: Quiz.Status,
        of id: Quiz.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Quiz {
        let quiz = try await lock(id, session: session)
        guard quiz.status != status else { return quiz }
        let now = clock.now()
        var statements: [SQL] = [.setQuizStatus(id, status, at: now)]
        switch (quiz.status, status) {
        case (.draft, .published):
            guard quiz.questions > 0 else { throw .empty }
            try await requireQuestions(of: id, session: session)
            let payload = [JSONMember("quizId", id), JSONMember("courseId", quiz.course)]
            let event = Event(identifiers.next(), .quizPublished, of: id, payload: payload, at: now)
            statements.append(.recordEvent(event, by: session.principal))
            statements.append(audit.recording(AuditEvent("quiz.published", on: id), by: session.principal))
        case (.published, .archived):
            statements.append(audit.recording(AuditEvent("quiz.archived", on: id), by: session.principal))
        default: throw .notPublished
        }
        let changed = try await run(statements, on: id, session: session)
        try await QuizError.translating {
            if status == .published {
                try await keepGradeItem(of: changed, session: session)
                try await showGrades(of: changed, at: now, session: session)
            }
            if changed.settings.scoreReveal == .afterClose {
                try await settleLater(changed, at: now, session: session)
            }
        }
        return changed
    }

    func require(
        lesson: Lesson.ID?,
        of course: Course.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) {
        guard let lesson else { return }
        let rows = try await QuizError.translating { try await session.execute(.selectQuizLesson(lesson, of: course)) }
        guard !rows.isEmpty else { throw .lessonNotFound }
    }

    private func requireNoAttempts(of id: Quiz.ID, session: borrowing TenantSession) async throws(QuizError) {
        let rows = try await QuizError.translating { try await session.execute(.selectAnyAttempt(of: id)) }
        guard rows.isEmpty else { throw .hasAttempts }
    }

    /// Refuses a quiz that cannot ask what it says.
    private func requireQuestions(of id: Quiz.ID, session: borrowing TenantSession) async throws(QuizError) {
        try await QuizError.translating {
            let rows = try await session.batch([.listSlots(of: id), .listCandidates(of: id)])
            let draw = QuizDraw(try rows[1].map(QuizDraw.Candidate.init(row:)))
            _ = try draw.questions(slots: rows[0].count, seed: ShuffleSeed(bits: 0), shuffles: false)
        }
    }

    /// Locks a quiz, and its course before it, for who may write it.
    func lock(
        _ id: Quiz.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Quiz {
        let rows = try await QuizError.translating {
            try await session.batch([
                .lockCourse(ofQuiz: id), .lockQuiz(id), .selectQuiz(id), .selectCourse(of: .quiz(id)),
                .selectQuizPlace(of: session.principal.user, in: .quiz(id)),
            ])
        }
        let (quiz, standing) = try Self.quiz(rows[2], rows[3], rows[4], for: session.principal)
        try standing.requireAuthor(or: .notFound)
        if let version, version != quiz.version { throw .versionMismatch(current: quiz.version) }
        return quiz
    }

    func run(
        _ statements: [SQL],
        on id: Quiz.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Quiz {
        try await QuizError.translating {
            guard let row = try await session.batch(statements + [.selectQuiz(id)]).last?.only else {
                throw QuizError.notFound
            }
            return try Quiz(row: row)
        }
    }

    /// What the principal is in a course that they know of.
    func standing(
        in place: QuizPlace,
        or hidden: QuizError,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuizStanding {
        let principal = session.principal
        return try await QuizError.translating {
            let rows = try await session.batch([
                .selectCourse(of: place), .selectQuizPlace(of: principal.user, in: place),
            ])
            guard let standing = try QuizStanding(course: rows[0], place: rows[1], for: principal), standing.isKnown
            else { throw hidden }
            return standing
        }
    }

    func standing(
        in place: QuizPlace,
        or hidden: QuizError,
        reader: TenantReader
    ) async throws(QuizError) -> QuizStanding {
        let principal = reader.principal
        return try await QuizError.translating {
            let rows = try await reader.read([
                .selectCourse(of: place), .selectQuizPlace(of: principal.user, in: place),
            ])
            guard let standing = try QuizStanding(course: rows[0], place: rows[1], for: principal), standing.isKnown
            else { throw hidden }
            return standing
        }
    }

    /// Reads a quiz that the principal may know of.
    static func quiz(
        _ quiz: Rows,
        _ course: Rows,
        _ place: Rows,
        for principal: Principal
    ) throws(QuizError) -> (quiz: Quiz, standing: QuizStanding) {
        do {
            guard let row = quiz.only, case let quiz = try Quiz(row: row),
                let standing = try QuizStanding(course: course, place: place, for: principal), standing.maySee(quiz)
            else { throw QuizError.notFound }
            return (quiz, standing)
        } catch let error as DatabaseError {
            throw QuizError(error)
        } catch {
            throw .notFound
        }
    }

    static func place<Entity>(
        _ position: PagePosition?,
        _ order: String,
        _ entity: Entity.Type
    ) throws(QuizError) -> Identifier<Entity>? {
        guard let position else { return nil }
        guard position.order == order else { throw .invalidPosition }
        return Identifier(position.id)
    }
}
