// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a learner who answers a question sees of it: never the key, and nothing in an order that tells it.
///
/// It is a type of its own, so that there is nothing to leave out when it is sent.
public struct PresentedQuestion: Sendable, Hashable {
    /// The kind of question.
    public let kind: QuestionKind.Name
    /// What is asked.
    public let prompt: QuestionText
    /// What a right answer earns.
    public let points: Points
    /// The options of a choice, or the items to order or to match.
    public let items: [QuestionItem]
    /// What items are matched with.
    public let targets: [QuestionItem]
    /// The gaps, in the order of their marks.
    public let gaps: [Gap]
    /// The units that a number may be written with, by the alphabet; none if it has no unit.
    public let units: [String]
    /// The limits of an essay or of files.
    public let limits: Limits
    /// How many hints there are to ask for.
    public let hintCount: Int

    /// A gap as learners see it.
    public struct Gap: Sendable, Hashable {
        /// The name that answers use.
        public let id: QuestionItem.ID
        /// Whether a text, a number or one of the options goes into it.
        public let kind: String
        /// The options.
        public let options: [QuestionItem]
        /// The units that a number may be written with.
        public let units: [String]
    }

    /// What an answer that somebody grades must keep to.
    public struct Limits: Sendable, Hashable {
        /// The fewest words.
        public var minimumWords: Int?
        /// The most words.
        public var maximumWords: Int?
        /// The most files.
        public var maximumFiles: Int?
        /// The largest file.
        public var maximumBytes: Int?
        /// The media types that are taken.
        public var mediaTypes: [String] = []
    }

    /// Takes from a question what may be seen.
    ///
    /// - Parameters:
    ///   - content: The question.
    ///   - points: What a right answer earns in this quiz; what the question says unless said.
    ///   - seed: The seed that the attempt stored for this question.
    public init(_ content: QuestionContent, points: Points? = nil, seed: ShuffleSeed) {
        kind = content.kind.name
        prompt = content.prompt
        self.points = points ?? content.points
        hintCount = content.hints.count
        let shuffles = content.optionOrder == .shuffled
        var items: [QuestionItem] = []
        var targets: [QuestionItem] = []
        var gaps: [Gap] = []
        var units: [String] = []
        var limits = Limits()
        switch content.kind {
        case .singleChoice(let options), .multipleChoice(let options):
            items = options.map(\.item)
            if shuffles { items = seed.shuffled(items) }
        // The order of these is the key, or tells it, so there is no choice.
        case .ordering(let ordered): items = seed.shuffled(ordered)
        case .matching(let matched, let offered):
            items = shuffles ? seed.shuffled(matched.map(\.item)) : matched.map(\.item)
            targets = seed.derived(1).shuffled(offered)
        case .blanks(let all):
            gaps = all.enumerated().map { index, gap in
                Gap(gap, seed: shuffles ? seed.derived(UInt64(index)) : nil)
            }
        case .numeric(let key): units = key.symbols
        case .essay(let task):
            limits.minimumWords = task.minimumWords
            limits.maximumWords = task.maximumWords
        case .fileUpload(let task):
            limits.maximumFiles = task.maximumFiles
            limits.maximumBytes = task.maximumBytes
            limits.mediaTypes = task.mediaTypes
        case .trueFalse, .shortText: break
        }
        self.items = items
        self.targets = targets
        self.gaps = gaps
        self.units = units
        self.limits = limits
    }
}

extension PresentedQuestion.Gap {
    fileprivate init(_ gap: QuestionGap, seed: ShuffleSeed?) {
        id = gap.id
        switch gap.key {
        case .text: (kind, options, units) = (QuestionGap.KeyName.text.rawValue, [], [])
        case .number(let key): (kind, options, units) = (QuestionGap.KeyName.number.rawValue, [], key.symbols)
        case .choice(let choices):
            let items = choices.map(\.item)
            (kind, options, units) = (QuestionGap.KeyName.choice.rawValue, seed?.shuffled(items) ?? items, [])
        }
    }
}

extension NumericKey {
    fileprivate var symbols: [String] { units.map(\.symbol).sorted() }
}

extension PresentedQuestion: JSONWritable {
    /// Appends the JSON form that learners get.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("kind", kind.rawValue)
            json.field("prompt", prompt)
            json.field("points", points)
            switch kind {
            case .singleChoice, .multipleChoice: json.field("options", items)
            case .ordering: json.field("items", items)
            case .matching:
                json.field("items", items)
                json.field("targets", targets)
            case .blanks: json.field("gaps", gaps)
            case .numeric: json.field("units", units)
            case .essay:
                json.fieldIfAny("minimumWords", limits.minimumWords)
                json.fieldIfAny("maximumWords", limits.maximumWords)
            case .fileUpload:
                json.fieldIfAny("maximumFiles", limits.maximumFiles)
                json.fieldIfAny("maximumBytes", limits.maximumBytes)
                json.field("mediaTypes", limits.mediaTypes)
            case .trueFalse, .shortText: break
            }
            json.field("hintCount", hintCount)
        }
    }
}

extension PresentedQuestion.Gap: JSONWritable {
    /// Appends the JSON form that learners get.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("kind", kind)
            if kind == QuestionGap.KeyName.choice.rawValue { json.field("options", options) }
            if kind == QuestionGap.KeyName.number.rawValue { json.field("units", units) }
        }
    }
}
