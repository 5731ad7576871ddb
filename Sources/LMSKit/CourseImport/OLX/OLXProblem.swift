// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// An Open edX problem as questions.
///
/// A problem with one input becomes one question. Several inputs that each take a word, a number or an option of a
/// dropdown become one question with a gap for each, in the place where the input stood, because their text belongs
/// together (a table of dropdowns); each gap earns its share, as each input does in Open edX. Several inputs of which one
/// is a list of options become a question each, with the text that leads to it. If one input of a problem has no
/// counterpart the whole problem is refused: half a problem would be worth half and make no sense.
///
/// Two rules differ from Open edX on purpose. A regular expression must match the whole text, where Open edX lets
/// `cat|dog` match `catfish`. A tolerance in percent is of the key, where Open edX takes the larger of key and answer.
public struct OLXProblem: Sendable {
    /// The questions, in the order of the problem.
    public let questions: [QuestionContent]
    /// What the questions do not keep of the problem.
    public let losses: Set<Loss>
    /// How often it may be answered, 1–1000; `nil` for any number.
    public let attemptLimit: Int?

    /// Converts a problem.
    ///
    /// - Parameters:
    ///   - source: The `<problem>` element with all it holds.
    ///   - sanitizer: Makes markup harmless, and rewrites the addresses of the course's files.
    /// - Throws: `OLXProblemRefusal` with why it cannot be converted.
    public init(source: String, sanitizer: HTMLSanitizer = HTMLSanitizer()) throws(OLXProblemRefusal) {
        let document: MarkupDocument
        do {
            document = try XMLReader.read(Array(source.utf8))
        } catch {
            throw OLXProblemRefusal(.malformed, "line \(error.line): \(error.reason)")
        }
        guard document.root.name == "problem" else { throw OLXProblemRefusal(.malformed, "<\(document.root.name)>") }
        var reader = OLXProblemReader(document.root, sanitizer: sanitizer)
        questions = try reader.questions()
        losses = reader.losses
        attemptLimit = document.root["max_attempts"].flatMap { Int($0) }.flatMap { (1...1_000).contains($0) ? $0 : nil }
    }

    /// Something that a question cannot hold.
    @nonexhaustive
    public enum Loss: String, Sendable, Hashable, CaseIterable {
        /// A script that nothing in the problem refers to.
        case script
        /// Feedback for an option that was left out, or for a combination of options.
        case combinedFeedback = "combined_feedback"
        /// Feedback for certain wrong texts.
        case wrongTextFeedback = "wrong_text_feedback"
        /// A choice of some options out of more, or options that keep their place while others are shuffled.
        case optionDrawing = "option_drawing"
    }
}

/// Why a problem cannot become questions.
public struct OLXProblemRefusal: Error, Sendable, Hashable {
    /// The kind of reason, for counting.
    public let reason: Reason
    /// What exactly was found.
    public let detail: String

    init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = String(detail.prefix(300))
    }

    /// The kinds of reason.
    @nonexhaustive
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// It is no well-formed problem.
        case malformed
        /// It asks for nothing.
        case noResponse = "no_response"
        /// Its text or key is computed by a script.
        case script
        /// Its answers are graded by the author's own program.
        case customGrader = "custom_grader"
        /// Its input is a program in the browser.
        case browserProgram = "browser_program"
        /// Things are dragged to places.
        case dragAndDrop = "drag_and_drop"
        /// The answer is a formula.
        case formula
        /// The answer is a place in an image.
        case image
        /// The answer is a note in a text.
        case annotation
        /// The answer is a circuit.
        case schematic
        /// It has a kind of response that is not known.
        case unknownResponse = "unknown_response"
        /// Its key is an expression to compute.
        case expression
        /// A part is missing, or breaks a rule that every question keeps.
        case invalid
    }
}

extension OLXProblemRefusal.Reason {
    /// Why a kind of response cannot be converted; `nil` if it can.
    static func refusing(_ response: MarkupElement) -> Self? {
        switch response.name {
        case "multiplechoiceresponse", "choiceresponse", "truefalseresponse", "optionresponse", "numericalresponse",
            "stringresponse":
            nil
        case "customresponse":
            if response.holds("jsinput") {
                .browserProgram
            } else if response.holds("drag_and_drop_input") {
                .dragAndDrop
            } else {
                .customGrader
            }
        case "jsmeresponse", "javascriptresponse": .browserProgram
        case "externalresponse", "coderesponse": .customGrader
        case "formularesponse", "symbolicresponse": .formula
        case "imageresponse": .image
        case "annotationresponse": .annotation
        case "schematicresponse": .schematic
        default: .unknownResponse
        }
    }
}

extension MarkupElement {
    fileprivate func holds(_ name: String) -> Bool {
        elements.contains { $0.name == name || $0.holds(name) }
    }
}
