// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Quizzes {
    /// Begins an attempt: draws its questions and their order, and stores them with the versions that there are.
    ///
    /// The learner's place in the course is locked, so that of several who begin at once no more do than may. An attempt of theirs whose
    /// time is over is closed before.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - session: The tenant's open transaction.
    /// - Returns: The attempt with its questions.
    /// - Throws: `QuizError.notFound`; `.forbidden`, `.enrollmentNeeded`, `.paymentNeeded` for who has no place in the course;
    ///   `.notPublished`; `.notOpen`, also before its lesson is theirs; `.closed`; `.noAttemptsLeft`; `.attemptOpen`;
    ///   `.impossibleSlot`.
    public func start(_ id: Quiz.ID, session: borrowing TenantSession) async throws(QuizError) -> QuizAttemptView {
        let principal = session.principal
        guard let user = principal.user else { throw .notFound }
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await session.batch([
                .shareQuiz(id), .lockPlace(of: user, in: id), .selectQuiz(id), .selectCourse(of: .quiz(id)),
                .selectQuizPlace(of: user, in: .quiz(id)), .selectExtension(of: user, in: id),
                .selectOpenAttempt(of: user, in: id), .countAttempts(of: user, in: id), .listSlots(of: id),
                .listCandidates(of: id), .selectAvailability(ofQuiz: id, for: user, at: now),
            ])
            let (quiz, standing) = try Self.quiz(rows[2], rows[3], rows[4], for: principal)
            let place = try standing.requirePlace()
            guard quiz.status == .published, standing.course.status == .published else { throw QuizError.notPublished }
            if let row = rows[6].only {
                let open = try QuizAttempt(row: row)
                guard open.isAbandoned(at: now) else { throw QuizError.attemptOpen(open.id) }
                try await session.execute(.lockAttempt(open.id, owner: user))
                try await close(open, of: quiz, at: now, by: .deadline, session: session)
            }
            let terms = QuizTerms(quiz.settings, try rows[5].only.map(QuizExtension.init(row:)))
            let count: Int = try rows[7].only?[0] ?? 0
            try terms.requireStart(at: now, after: count)
            if let instant = try Availability(of: rows[10]).instant { throw QuizError.notOpen(until: instant) }
            let seed = ShuffleSeed.random()
            let draw = QuizDraw(try rows[9].map(QuizDraw.Candidate.init(row:)))
            let questions = try draw.questions(
                slots: rows[8].count,
                seed: seed,
                shuffles: quiz.settings.shufflesQuestions
            )
            let deadline = terms.deadline(startingAt: now)
            let new = NewQuizAttempt(
                id: identifiers.next(),
                quiz: id,
                enrollment: place.enrollment,
                user: user,
                number: count + 1,
                seed: seed,
                startedAt: now,
                deadlineAt: deadline,
                endsAt: deadline?.addingTimeInterval(TimeInterval(quiz.settings.graceSeconds)),
                maxScore: questions.reduce(.zero) { $0 + $1.points }
            )
            var statements: [SQL] = [.insertAttempt(new, questions: QuizDraw.json(questions))]
            if let ends = new.endsAt {
                let due = ends.addingTimeInterval(QuizAttempt.patience)
                statements.append(.enqueueJob(.quizDeadline, new.id.uuid, at: due))
            }
            statements.append(
                .recordEvent(event(.quizAttemptStarted, of: new.id, quiz, user: user, at: now), by: principal)
            )
            let replies = try await session.batch(
                statements + [.selectAttempt(new.id), .listQuestions(of: new.id)]
            )
            session.announce(.news(of: user.uuid))
            guard let row = replies[statements.count].only else { throw QuizError.attemptNotFound }
            return try Self.view(
                try QuizAttempt(row: row),
                replies[statements.count + 1],
                of: quiz,
                .nothing,
                at: now
            )
        }
    }

    /// Saves an answer of an attempt that goes on, in two round trips; files take some more, in one transaction.
    ///
    /// Sending it again changes nothing, and one that comes late does not replace one with a higher number. Files are attached to the
    /// attempt's question; those that they replace are the learner's again.
    ///
    /// - Parameters:
    ///   - sent: The answer.
    ///   - id: The attempt.
    ///   - receivedAt: When the answer came, which decides whether it is in time; now unless said.
    ///   - tenant: The tenant.
    ///   - principal: Who answers: the learner.
    ///   - tenants: Runs the transaction.
    /// - Returns: What counts now, once it is durable.
    /// - Throws: `QuizError.attemptNotFound` for one that is none or another's; `.questionNotFound`; `.forbidden`; `.invalidAnswer`;
    ///   `.uploadUnfinished`; `.attemptClosed`. After `.database(.unknownOutcome)` it may be sent again.
    public func save(
        _ sent: SentAnswer,
        in id: QuizAttempt.ID,
        receivedAt: Date? = nil,
        at tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(QuizError) -> SavedAnswer {
        let now = receivedAt ?? clock.now()
        guard let user = principal.user else { throw .attemptNotFound }
        guard principal.may(.progressWrite, on: .own) else { throw .forbidden }
        return try await QuizError.translating {
            let select = SQL.selectContent(of: sent.question, in: id, owner: user)
            guard let row = try await tenants.reader(for: tenant, as: principal).read(select).only else {
                throw QuizError.attemptNotFound
            }
            let stored: JSONText? = try row[0]
            guard let stored else { throw QuizError.questionNotFound }
            let content = try QuestionContent(column: stored)
            let answer = try QuestionAnswer.read(sent.answer, to: content)
            let rows: Rows
            if case .fileUpload(let task) = content.kind {
                rows = try await tenants.transaction(for: tenant, as: principal) { session in
                    try await session.execute(.lockAttempt(id, owner: user))
                    return try await save(answer, takenBy: task, sent, in: id, of: user, at: now, session: session)
                }
            } else {
                rows = try await tenants.write(
                    [
                        .lockAttempt(id, owner: user),
                        .saveAnswer(answer, to: sent.question, sequence: sent.sequence, in: id, owner: user, at: now),
                    ],
                    for: tenant,
                    as: principal
                )[1]
            }
            guard let row = rows.only else { throw QuizError.attemptNotFound }
            let saved = try SavedAnswer(row: row, sent, at: now)
            if saved.isCurrent { tenants.announce([.news(of: id.uuid)], of: tenant) }
            return saved
        }
    }

    /// Hands an attempt in and grades it, once: doing it again gives the same attempt.
    ///
    /// What comes until the deadline is on time, to the microsecond; what comes within the grace counts and is late; after that the attempt is
    /// closed with what was saved, and the answers that came with the submission do not count.
    ///
    /// - Parameters:
    ///   - id: The attempt.
    ///   - answers: Answers that are saved before, each as by `save`; 200 at most.
    ///   - receivedAt: When the submission came, which decides whether it is in time: a transaction may have waited long for its connection.
    ///     Now unless said.
    ///   - session: The tenant's open transaction; the learner's place in the course and the attempt are locked until it ends.
    /// - Returns: The attempt, as far as it may be shown.
    /// - Throws: `QuizError.attemptNotFound` for one that is none or another's; `.forbidden`; `.questionNotFound`; `.invalidAnswer`;
    ///   `.tooFewWords`; `.uploadUnfinished`.
    public func submit(
        _ id: QuizAttempt.ID,
        with answers: [SentAnswer] = [],
        receivedAt: Date? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuizAttemptView {
        let now = receivedAt ?? clock.now()
        guard let user = session.principal.user else { throw .attemptNotFound }
        guard session.principal.may(.progressWrite, on: .own) else { throw .forbidden }
        return try await QuizError.translating {
            let rows = try await session.batch([
                .shareQuiz(of: id), .lockPlace(of: id, owner: user), .lockAttempt(id, owner: user),
                .selectAttempt(id), .selectQuiz(of: id), .listQuestions(of: id),
            ])
            guard let row = rows[3].only, let quizRow = rows[4].only, case let attempt = try QuizAttempt(row: row),
                attempt.user == user
            else { throw QuizError.attemptNotFound }
            let quiz = try Quiz(row: quizRow)
            if attempt.status == .inProgress {
                if attempt.isOver(at: now) {
                    try await close(attempt, of: quiz, at: now, by: .deadline, session: session)
                } else {
                    let asked = try rows[5].map(QuizAttemptQuestion.init(row:))
                    try await save(answers, in: attempt, asking: asked, at: now, session: session)
                    try await close(attempt, of: quiz, at: now, by: .learner, session: session)
                }
            }
            return try await view(id, of: quiz, session: session)
        }
    }

    /// Closes an attempt whose time is over, with what was saved; for the job that comes after its end.
    ///
    /// - Parameters:
    ///   - id: The attempt.
    ///   - session: The tenant's open transaction.
    /// - Returns: When to come again, if its end was moved; `nil` if there is nothing left to do.
    /// - Throws: `QuizError.database`.
    public func closeOverdue(
        _ id: QuizAttempt.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Date? {
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await session.batch([
                .shareQuiz(of: id), .lockPlace(of: id, owner: nil), .lockAttempt(id, owner: nil),
                .selectAttempt(id), .selectQuiz(of: id),
            ])
            guard let row = rows[3].only, let quiz = rows[4].only else { return nil }
            let attempt = try QuizAttempt(row: row)
            guard attempt.status == .inProgress, let ends = attempt.endsAt else { return nil }
            guard attempt.isAbandoned(at: now) else { return ends.addingTimeInterval(QuizAttempt.patience + 0.001) }
            try await close(attempt, of: try Quiz(row: quiz), at: now, by: .deadline, session: session)
            return nil
        }
    }

    /// Hands in, as they are, the attempts that go on of a learner who leaves the course, so that nobody waits for them.
    ///
    /// - Parameters:
    ///   - place: The learner's place, which is locked, and before it the course with all its quizzes.
    ///   - session: The tenant's open transaction.
    /// - Throws: `QuizError.database`.
    func closeAttempts(of place: Enrollment.ID, session: borrowing TenantSession) async throws(QuizError) {
        let now = clock.now()
        try await QuizError.translating {
            let open = try await session.execute(.lockOpenAttempts(of: place))
            for row in open {
                let id: QuizAttempt.ID = try row[0]
                let rows = try await session.batch([.selectAttempt(id), .selectQuiz(of: id)])
                guard let attempt = rows[0].only, let quiz = rows[1].only else { continue }
                try await close(
                    try QuizAttempt(row: attempt),
                    of: try Quiz(row: quiz),
                    at: now,
                    by: .departure,
                    session: session
                )
            }
        }
    }

    private func save(
        _ answers: [SentAnswer],
        in attempt: QuizAttempt,
        asking asked: [QuizAttemptQuestion],
        at now: Date,
        session: borrowing TenantSession
    ) async throws {
        var statements: [SQL] = []
        for sent in answers.prefix(QuizSlot.limit) {
            guard let question = asked.first(where: { $0.id == sent.question }) else {
                throw QuizError.questionNotFound
            }
            let answer = try QuestionAnswer.read(sent.answer, to: question.content)
            if case .fileUpload(let task) = question.content.kind {
                let (id, user) = (attempt.id, attempt.user)
                _ = try await save(answer, takenBy: task, sent, in: id, of: user, at: now, session: session)
                continue
            }
            statements.append(
                .saveAnswer(
                    answer,
                    to: sent.question,
                    sequence: sent.sequence,
                    in: attempt.id,
                    owner: attempt.user,
                    at: now
                )
            )
        }
        if !statements.isEmpty { try await session.batch(statements) }
    }

    /// Grades an attempt that is locked, with the learner's place, and ends it.
    func close(
        _ attempt: QuizAttempt,
        of quiz: Quiz,
        at now: Date,
        by closing: QuizAttempt.Closing,
        session: borrowing TenantSession
    ) async throws {
        let questions = try await session.execute(.listQuestions(of: attempt.id)).map(QuizAttemptQuestion.init(row:))
        if closing == .learner { try requireWords(questions) }
        // Nobody hands in after the deadline without doing it.
        let submitted = closing == .learner ? now : min(attempt.deadlineAt ?? now, now)
        let replies = try await session.batch([
            .closeAttempt(
                attempt.id,
                grades: questions.grades(by: grading),
                submittedAt: submitted,
                by: closing,
                isLate: closing == .learner && attempt.deadlineAt.map { now > $0 } ?? false,
                at: now
            ),
            .selectAttempt(attempt.id),
        ])
        guard let row = replies[1].only else { throw QuizError.attemptNotFound }
        let closed = try QuizAttempt(row: row)
        try await tell(closed, of: quiz, isSubmission: true, at: now, session: session)
    }

    /// Refuses essays with fewer words than they are to have; what is not answered at all is.
    private func requireWords(_ questions: [QuizAttemptQuestion]) throws(QuizError) {
        for question in questions {
            guard case .essay(let task) = question.content.kind, let fewest = task.minimumWords,
                case .text(let text)? = question.answer
            else { continue }
            guard EssayTask.wordCount(of: text) >= fewest else {
                throw .tooFewWords(position: question.position, fewest: fewest)
            }
        }
    }

    /// Brings up to date what follows from an attempt's score, and records what happened.
    func tell(
        _ attempt: QuizAttempt,
        of quiz: Quiz,
        isSubmission: Bool,
        at now: Date,
        session: borrowing TenantSession
    ) async throws {
        var statements = results(of: [attempt.user], in: quiz.id, at: now, by: session.principal)
        if isSubmission {
            statements.append(.recordEvent(submission(of: attempt, quiz, at: now), by: session.principal))
        }
        if attempt.status == .graded {
            let graded = event(.quizAttemptGraded, of: attempt.id, quiz, user: attempt.user, score: attempt, at: now)
            statements.append(.recordEvent(graded, by: session.principal))
        }
        statements += completing(attempt, of: quiz, at: now, session: session)
        try await session.batch(statements)
        session.announce(.news(of: attempt.id.uuid))
        session.announce(.news(of: attempt.user.uuid))
    }

    /// What completes the lesson of a quiz, where its attempt does; the learner's place in the course is locked.
    func completing(
        _ attempt: QuizAttempt,
        of quiz: Quiz,
        at now: Date,
        session: borrowing TenantSession
    ) -> [SQL] {
        guard let lesson = quiz.settings.lesson, quiz.completesLesson(by: attempt, at: now) else { return [] }
        session.announce(.news(of: attempt.enrollment.uuid))
        session.announce(.news(of: attempt.course.uuid))
        return [.completeByWork(lesson, on: attempt.enrollment, by: session.principal, at: now)]
    }
}

extension QuizDraw {
    /// Questions as `insertAttempt` takes them.
    static func json(_ questions: [Candidate]) -> JSONText {
        var json = JSONWriter(capacity: 1_024)
        json.value(questions)
        return JSONText(json.bytes)
    }
}

extension QuizDraw.Candidate: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("version", version)
            object.field("points", points.millionths)
        }
    }
}

extension QuizTerms {
    init(_ settings: QuizSettings, _ granted: QuizExtension?) {
        self.init(
            settings,
            extraSeconds: granted?.extraSeconds ?? 0,
            extraAttempts: granted?.extraAttempts ?? 0,
            extendedUntil: granted?.closesAt
        )
    }
}

extension QuestionAnswer {
    /// Reads what a learner sent; whether files are theirs is known once they are locked.
    static func read(_ json: JSONValue, to content: QuestionContent) throws -> QuestionAnswer? {
        do {
            return try read(json, for: content)
        } catch QuestionError.invalid(let issues) {
            throw QuizError.invalidAnswer(issues)
        }
    }
}
