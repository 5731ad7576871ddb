// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What somebody answered.
@nonexhaustive
public enum QuestionAnswer: Sendable, Hashable {
    /// The options that were chosen; one in a question with one choice.
    case choices(Set<QuestionItem.ID>)
    /// Whether the statement is true.
    case truth(Bool)
    /// A short text or an essay.
    case text(String)
    /// A number with the unit that was written.
    case number(ExactDecimal, unit: String?)
    /// All items, in order.
    case order([QuestionItem.ID])
    /// The target of each item that has one.
    case matches([QuestionItem.ID: QuestionItem.ID])
    /// What was put into each gap that is filled.
    case gaps([QuestionItem.ID: GapAnswer])
    /// The files that were handed in.
    case files([StoredFile.ID])
}

/// What somebody put into a gap.
@frozen
public enum GapAnswer: Sendable, Hashable {
    /// A word or a line of text.
    case text(String)
    /// A number with the unit that was written.
    case number(ExactDecimal, unit: String?)
    /// An option.
    case choice(QuestionItem.ID)
}

extension QuestionAnswer {
    /// How complete an answer has to be.
    @frozen
    public enum Stage: Sendable, Hashable {
        /// It may be saved and continued.
        case draft
        /// It is handed in: an essay must have its fewest words.
        case submission
    }

    /// Whether the answer could be to a question of this kind.
    func fits(_ kind: QuestionKind.Name) -> Bool {
        switch (self, kind) {
        case (.choices, .singleChoice), (.choices, .multipleChoice), (.truth, .trueFalse), (.text, .shortText),
            (.text, .essay), (.number, .numeric), (.order, .ordering), (.matches, .matching), (.gaps, .blanks),
            (.files, .fileUpload):
            true
        default: false
        }
    }
}

extension EssayTask {
    /// Counts words: runs of anything but white space.
    ///
    /// - Parameter text: An essay.
    /// - Returns: How many words it has.
    public static func wordCount(of text: String) -> Int {
        text.split(whereSeparator: \.isWhitespace).count
    }
}
