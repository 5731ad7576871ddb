// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Quizzes {
    /// Something that happened to an attempt; its row is locked, or new.
    func event(
        _ type: EventType,
        of attempt: QuizAttempt.ID,
        _ quiz: Quiz,
        user: Principal.ID,
        score: QuizAttempt? = nil,
        at now: Date
    ) -> Event {
        var payload = [
            JSONMember("attemptId", attempt), JSONMember("quizId", quiz.id), JSONMember("courseId", quiz.course),
            JSONMember("userId", user),
        ]
        if let score { payload += Self.outcome(of: score, quiz) }
        return Event(identifiers.next(), type, of: attempt, payload: payload, at: now)
    }

    /// That an attempt was submitted, or closed at its end.
    ///
    /// The title is in it only where the learner may be told the score at once.
    func submission(of attempt: QuizAttempt, _ quiz: Quiz, at now: Date) -> Event {
        var payload = [
            JSONMember("attemptId", attempt.id), JSONMember("quizId", quiz.id), JSONMember("courseId", quiz.course),
            JSONMember("enrollmentId", attempt.enrollment), JSONMember("userId", attempt.user),
            JSONMember("submittedAt", attempt.submittedAt ?? now),
            JSONMember("closedBy", text: (attempt.closedBy ?? .deadline).rawValue),
        ]
        payload += Self.outcome(of: attempt, quiz)
        if attempt.status == .graded, quiz.reveal(of: attempt, at: now).showsScore {
            payload.append(JSONMember("quizTitle", text: quiz.settings.title))
        }
        return Event(identifiers.next(), .quizSubmitted, of: attempt.id, payload: payload, at: now)
    }

    private static func outcome(of attempt: QuizAttempt, _ quiz: Quiz) -> [JSONMember] {
        let share = Percentage(completed: attempt.score?.millionths ?? 0, of: attempt.maxScore.millionths)
        var members = [
            JSONMember("status", text: attempt.status.rawValue),
            JSONMember(name: "percentage", value: .number(share.description)),
        ]
        if quiz.settings.passPercentage != nil, attempt.status == .graded {
            members.append(JSONMember("isPassed", quiz.isPassed(by: attempt)))
        }
        return members
    }
}
