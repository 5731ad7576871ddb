// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a question asks for, with its key.
@nonexhaustive
public enum QuestionKind: Sendable, Hashable {
    /// One of several options.
    case singleChoice([ChoiceOption])
    /// Any number of several options.
    case multipleChoice([ChoiceOption])
    /// Whether a statement is true; the value is the key.
    case trueFalse(Bool)
    /// A word or a line of text.
    case shortText(ShortTextKey)
    /// A number.
    case numeric(NumericKey)
    /// Items to bring into order, kept in the right one.
    case ordering([QuestionItem])
    /// Items to join with what belongs to them.
    case matching([MatchingItem], targets: [QuestionItem])
    /// A text with gaps; the prompt holds a mark `[[1]]` for the first gap, `[[2]]` for the second and so on, each once.
    case blanks([QuestionGap])
    /// A text that somebody grades.
    case essay(EssayTask)
    /// Files that somebody grades.
    case fileUpload(UploadTask)

    /// The kind without its key, as it is stored and sent.
    public var name: Name {
        switch self {
        case .singleChoice: .singleChoice
        case .multipleChoice: .multipleChoice
        case .trueFalse: .trueFalse
        case .shortText: .shortText
        case .numeric: .numeric
        case .ordering: .ordering
        case .matching: .matching
        case .blanks: .blanks
        case .essay: .essay
        case .fileUpload: .fileUpload
        }
    }

    /// The names of the kinds.
    @nonexhaustive
    public enum Name: String, Sendable, Hashable, CaseIterable {
        /// See `QuestionKind`.
        case singleChoice = "single_choice"
        /// See `QuestionKind`.
        case multipleChoice = "multiple_choice"
        /// See `QuestionKind`.
        case trueFalse = "true_false"
        /// See `QuestionKind`.
        case shortText = "short_text"
        /// See `QuestionKind`.
        case numeric
        /// See `QuestionKind`.
        case ordering
        /// See `QuestionKind`.
        case matching
        /// See `QuestionKind`.
        case blanks
        /// See `QuestionKind`.
        case essay
        /// See `QuestionKind`.
        case fileUpload = "file_upload"

        /// Whether somebody has to read every answer.
        public var isManual: Bool { self == .essay || self == .fileUpload }
    }
}

/// An option to choose.
public struct ChoiceOption: Sendable, Hashable {
    /// What learners see, and the name that answers use.
    public let item: QuestionItem
    /// Whether choosing it is right.
    public let isCorrect: Bool
    /// What choosing it earns in a question with one choice; all for the right option.
    public let credit: Credit
    /// What somebody who chose it is told.
    public let feedback: QuestionText?

    /// Makes an option.
    ///
    /// - Parameters:
    ///   - item: What learners see.
    ///   - standing: Whether choosing it is right, wrong, or worth a part.
    ///   - feedback: What somebody who chose it is told.
    public init(_ item: QuestionItem, _ standing: Standing, feedback: QuestionText? = nil) {
        self.item = item
        self.feedback = feedback
        switch standing {
        case .correct: (isCorrect, credit) = (true, .full)
        case .wrong: (isCorrect, credit) = (false, .none)
        case .partly(let share): (isCorrect, credit) = (false, share)
        }
    }

    /// What choosing an option is worth.
    @frozen
    public enum Standing: Sendable, Hashable {
        /// The key, or one of several.
        case correct
        /// Earns nothing.
        case wrong
        /// Earns a part, in a question with one choice.
        case partly(Credit)
    }
}

/// What a short text must be.
public struct ShortTextKey: Sendable, Hashable {
    /// The texts and patterns that earn something; of those that an answer is, the one that earns most counts.
    public let accepted: [AcceptedText]
    /// How letters compare.
    public let letters: Letters

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - accepted: The texts and patterns that earn something; of those that an answer is, the one that earns most counts.
    ///   - letters: How letters compare.
    public init(_ accepted: [AcceptedText], letters: Letters = .anyCase) {
        self.accepted = accepted
        self.letters = letters
    }

    /// How letters compare.
    @frozen
    public enum Letters: String, Sendable, Hashable, CaseIterable {
        /// Capital and small letters are the same.
        case anyCase = "any_case"
        /// Capital and small letters differ.
        case sameCase = "same_case"
    }
}

/// A text that earns something.
public struct AcceptedText: Sendable, Hashable {
    /// How it is recognized.
    public let rule: Rule
    /// What it earns.
    public let credit: Credit
    /// What somebody who wrote it is told.
    public let feedback: QuestionText?

    /// Makes an accepted text.
    ///
    /// - Parameters:
    ///   - rule: How it is recognized.
    ///   - credit: What it earns.
    ///   - feedback: What somebody who wrote it is told.
    public init(_ rule: Rule, credit: Credit = .full, feedback: QuestionText? = nil) {
        self.rule = rule
        self.credit = credit
        self.feedback = feedback
    }

    /// How a text is recognized.
    @frozen
    public enum Rule: Sendable, Hashable {
        /// It is this text, white space at its ends and its amount elsewhere aside.
        case text(String)
        /// The whole of it matches this regular expression; see `TextPatterns`.
        case pattern(String)
    }
}

/// A text with a gap in it.
public struct QuestionGap: Sendable, Hashable {
    /// The name that answers use.
    public let id: QuestionItem.ID
    /// What goes into it.
    public let key: Key

    /// Makes a gap.
    ///
    /// - Parameters:
    ///   - id: The name that answers use; a new one unless said.
    ///   - key: What goes into it.
    public init(id: QuestionItem.ID = .random(), _ key: Key) {
        self.id = id
        self.key = key
    }

    /// What goes into a gap.
    @frozen
    public enum Key: Sendable, Hashable {
        /// A word or a line of text.
        case text(ShortTextKey)
        /// A number.
        case number(NumericKey)
        /// One of several options.
        case choice([ChoiceOption])
    }
}

/// An item to join with a target.
public struct MatchingItem: Sendable, Hashable {
    /// What learners see, and the name that answers use.
    public let item: QuestionItem
    /// The position of what belongs to it among the targets, from 0.
    public let target: Int

    /// Makes an item.
    ///
    /// - Parameters:
    ///   - item: What learners see.
    ///   - target: The position of what belongs to it among the targets, from 0; several items may share one.
    public init(_ item: QuestionItem, target: Int) {
        self.item = item
        self.target = target
    }
}

/// What an essay must be.
public struct EssayTask: Sendable, Hashable {
    /// The fewest words that are taken.
    public let minimumWords: Int?
    /// The most words that are taken.
    public let maximumWords: Int?
    /// What those who grade should look for; learners never see it.
    public let graderNotes: QuestionText?

    /// Makes a task.
    ///
    /// - Parameters:
    ///   - minimumWords: The fewest words that are taken.
    ///   - maximumWords: The most words that are taken.
    ///   - graderNotes: What those who grade should look for.
    public init(minimumWords: Int? = nil, maximumWords: Int? = nil, graderNotes: QuestionText? = nil) {
        self.minimumWords = minimumWords
        self.maximumWords = maximumWords
        self.graderNotes = graderNotes
    }
}

/// Which files are taken as an answer.
public struct UploadTask: Sendable, Hashable {
    /// The most files.
    public let maximumFiles: Int
    /// The largest file.
    public let maximumBytes: Int
    /// The media types that are taken, such as `application/pdf`; any type that the tenant takes if empty.
    public let mediaTypes: [String]
    /// What those who grade should look for; learners never see it.
    public let graderNotes: QuestionText?

    /// Makes a task.
    ///
    /// - Parameters:
    ///   - maximumFiles: The most files.
    ///   - maximumBytes: The largest file.
    ///   - mediaTypes: The media types that are taken; any type that the tenant takes if empty.
    ///   - graderNotes: What those who grade should look for.
    public init(
        maximumFiles: Int = 1,
        maximumBytes: Int = 20_000_000,
        mediaTypes: [String] = [],
        graderNotes: QuestionText? = nil
    ) {
        self.maximumFiles = maximumFiles
        self.maximumBytes = maximumBytes
        self.mediaTypes = mediaTypes
        self.graderNotes = graderNotes
    }
}
