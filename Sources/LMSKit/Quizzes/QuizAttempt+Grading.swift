// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension QuestionContent {
    /// Reads a column of type `jsonb`.
    init(column: JSONText) throws(DatabaseError) {
        do {
            try self.init(stored: JSONValue.parse(column.bytes))
        } catch {
            throw .undecodable(column: "content", expected: "a question")
        }
    }
}

extension QuestionAnswer {
    /// Reads a column of type `jsonb`.
    static func read(column: JSONText, kind: QuestionKind.Name) throws(DatabaseError) -> QuestionAnswer? {
        do {
            return try read(stored: JSONValue.parse(column.bytes), kind: kind)
        } catch {
            throw .undecodable(column: "answer", expected: "an answer")
        }
    }

    /// The answer for a column of type `jsonb`.
    var stored: JSONText {
        var json = JSONWriter()
        write(to: &json)
        return JSONText(json.bytes)
    }
}

extension JSONText {
    func parsed() throws(DatabaseError) -> JSONValue {
        do {
            return try JSONValue.parse(bytes)
        } catch {
            throw .undecodable(column: "result", expected: "JSON")
        }
    }
}

extension QuizAttemptQuestion {
    /// The question as the learner sees it.
    func presented(seed: ShuffleSeed, shufflesOptions: Bool) throws(DatabaseError) -> PresentedQuestion {
        var shown = content
        if !shufflesOptions, content.optionOrder == .shuffled {
            do {
                shown = try QuestionContent(
                    prompt: content.prompt,
                    kind: content.kind,
                    points: content.points,
                    scoring: content.scoring,
                    optionOrder: .fixed,
                    feedback: content.feedback,
                    hints: content.hints
                )
            } catch {
                throw .undecodable(column: "content", expected: "a question")
            }
        }
        return PresentedQuestion(shown, points: points, seed: seed.derived(for: id.uuid))
    }

    /// How the answer stands; `nil` before it is graded, and once somebody gave it a score of their own.
    var outcome: QuestionResult.Outcome? {
        guard gradedAt == nil else { return nil }
        return result?["outcome"]?.text.flatMap(QuestionResult.Outcome.init(rawValue:))
    }

    /// What is said to the answer.
    var feedback: [String] {
        guard case .array(let texts) = result?["feedback"] else { return [] }
        return texts.compactMap(\.text)
    }

    /// What of the question says which answers are right; what is for graders is not in it, nor what is said to others.
    func solution() throws(DatabaseError) -> JSONValue {
        guard case .object(let members) = try key.json.parsed() else { return .null }
        let left: Set = ["version", "prompt", "points", "scoring", "optionOrder", "feedback", "hints", "graderNotes"]
        return .object(members.filter { !left.contains($0.name) })
    }

}

extension [QuizAttemptQuestion] {
    /// What the questions earned, as `closeAttempt` takes it.
    func grades(by grading: QuestionGrading) -> JSONText {
        var json = JSONWriter(capacity: 1_024)
        json.value(
            map { QuestionGrade(id: $0.id, result: grading.grade($0.answer, to: $0.content, points: $0.points)) }
        )
        return JSONText(json.bytes)
    }
}

/// What a question of an attempt earned, for a statement.
struct QuestionGrade: JSONWritable {
    let id: BankQuestion.ID
    let result: QuestionResult

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("score", result.score.millionths)
            object.field("needsGrading", result.needsManualGrading)
            object.field("result", result)
        }
    }
}
