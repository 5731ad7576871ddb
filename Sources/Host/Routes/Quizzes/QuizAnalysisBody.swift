// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// How the questions of a quiz worked.
struct QuizAnalysisBody: ResponseBody {
    private let questions: [BankQuestion.ID]
    private let analysis: ItemAnalysis?
    private let isSample: Bool

    init(_ result: QuizAnalysis) {
        (questions, analysis, isSample) = (result.questions, result.analysis, result.isSample)
    }

    private init(learners: Int) {
        let option = ChoiceOption(QuestionItem(id: QuestionItem.ID(bits: 1), text: QuestionText("2")), .correct)
        let answers = (0..<learners).map { number in
            ItemAnalysis.Answer(score: Points(number % 2), chosen: number % 2 == 1 ? [option.item.id] : [])
        }
        let question = ItemAnalysis.Question(maximum: Points(1), options: [option], answers: answers)
        questions = [.example, .example]
        analysis = ItemAnalysis([question, question])
        isSample = false
    }

    static var example: QuizAnalysisBody { QuizAnalysisBody(learners: 12) }
    static var variations: [QuizAnalysisBody] { [QuizAnalysisBody(learners: 0)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("learners", analysis?.learners ?? 0)
            object.field("isSample", isSample)
            object.field("mean", analysis?.mean)
            object.field("standardDeviation", analysis?.standardDeviation)
            object.field("reliability", analysis?.reliability)
            object.field("isDichotomous", analysis?.isDichotomous ?? false)
            object.field("standardError", analysis?.standardError)
            object.field("items", zip(questions, analysis?.items ?? []).map { ItemBody(question: $0, item: $1) })
        }
    }
}

private struct ItemBody: JSONWritable {
    let question: BankQuestion.ID
    let item: ItemAnalysis.Item

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("questionId", question)
            object.field("learners", item.learners)
            object.field("facility", item.facility)
            object.field("discriminationIndex", item.discriminationIndex)
            object.field("itemRest", item.itemRest)
            object.field("options", item.options.map(OptionBody.init))
            object.field("flags", item.flags.map(\.rawValue))
        }
    }
}

private struct OptionBody: JSONWritable {
    let option: ItemAnalysis.Option

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", option.id)
            object.field("isCorrect", option.isCorrect)
            object.field("count", option.count)
            object.field("share", option.share)
            object.field("rest", option.rest)
        }
    }
}
