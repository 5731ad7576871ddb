// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSArchiveDriver
import LMSKit
import LMSTestSupport
import Testing

/// Converts every problem of the course that Open edX publishes, where it is at hand.
@Suite(.enabled(if: DemoCourse.path != nil)) struct DemoProblemsTests {
    private func sources() throws -> [(name: String, source: String)] {
        let course = try OLX.read(CourseArchive.open(try #require(DemoCourse.path)))
        return course.blocks.compactMap { block in
            guard case .problem(_, let source) = block.content else { return nil }
            return (block.name ?? block.path, source)
        }
    }

    @Test func `of 29 problems 20 become questions and each of the others says why not`() throws {
        var kinds: [String: Int] = [:]
        var reasons: [String: Int] = [:]
        var losses: [String: Int] = [:]
        for (name, source) in try sources() {
            do {
                let problem = try OLXProblem(source: source)
                #expect(problem.questions.count == 1, "\(name)")
                for question in problem.questions { kinds[question.kind.name.rawValue, default: 0] += 1 }
                for loss in problem.losses { losses[loss.rawValue, default: 0] += 1 }
            } catch {
                reasons[error.reason.rawValue, default: 0] += 1
            }
        }
        #expect(
            kinds == ["single_choice": 10, "multiple_choice": 2, "numeric": 3, "short_text": 4, "blanks": 1]
        )
        #expect(
            reasons == [
                "annotation": 1, "browser_program": 2, "custom_grader": 2, "formula": 1, "image": 1, "schematic": 1,
                "script": 1,
            ]
        )
        #expect(losses == ["combined_feedback": 1, "script": 1])
    }

    @Test func `the answer that a converted problem gives for right earns everything`() throws {
        let grading = QuestionGrading()
        var graded = 0
        for (name, source) in try sources() {
            // Refused ones are counted by the other test.
            guard let questions = try? OLXProblem(source: source).questions else { continue }
            for question in questions {
                guard let model = question.modelAnswer else { continue }
                #expect(grading.grade(model, to: question).score == question.points, "\(name)")
                graded += 1
            }
        }
        // Two short texts have a regular expression for a key.
        #expect(graded == 18)
    }
}
