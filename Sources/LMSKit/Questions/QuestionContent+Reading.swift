// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension QuestionContent {
    /// The version of the form in which questions are stored.
    public static let storedVersion = 1

    /// Reads a question that somebody sent; see `docs/api/questions.md` for its form.
    ///
    /// Markup is made harmless. Parts without an identifier get one; those that an edited question keeps keep theirs.
    ///
    /// - Parameter json: The question; a version may be left out.
    /// - Throws: `QuestionError.invalid` with every mistake that was found and its place; `.unknownVersion` if it is in
    ///   the form of another version.
    public init(json: JSONValue) throws(QuestionError) {
        try Self.requireVersion(of: json)
        var fields = QuestionFields(json, origin: .client)
        _ = fields.integer("version")
        try self.init(&fields)
    }

    /// Reads a question that was stored.
    ///
    /// - Parameter json: What `write(to:)` wrote.
    /// - Throws: `QuestionError.unknownVersion` if a later release stored it; `.invalid` if it is no question.
    public init(stored json: JSONValue) throws(QuestionError) {
        try Self.requireVersion(of: json)
        var fields = QuestionFields(json, origin: .storage)
        if fields.peek("version") == nil { fields.add(.required, at: "version") }
        _ = fields.integer("version")
        try self.init(&fields)
    }

    private static func requireVersion(of json: JSONValue) throws(QuestionError) {
        if let version = json["version"]?.integer, version != storedVersion { throw .unknownVersion(version) }
    }

    private init(_ fields: inout QuestionFields) throws(QuestionError) {
        // What is no object has no members to complain of.
        try fields.issues.throwIfAny()
        let prompt = fields.requiredMarkup("prompt")
        let points = fields.points("points") ?? Points(1)
        let scoring = fields.object("scoring") { scoring in
            QuestionScoring(
                scoring.choice("partialCredit") ?? .allOrNothing,
                penalty: scoring.credit("penalty") ?? .none
            )
        }
        let order: OptionOrder = fields.choice("optionOrder") ?? .shuffled
        let feedback = fields.object("feedback") { feedback in
            QuestionFeedback(
                general: feedback.markup("general"),
                correct: feedback.markup("correct"),
                partial: feedback.markup("partial"),
                incorrect: feedback.markup("incorrect")
            )
        }
        let hints = fields.hints()
        let kind = QuestionKind(&fields)
        fields.close()
        try fields.issues.throwIfAny()
        guard let kind else { throw .invalid([QuestionIssue("kind", .required)]) }
        try self.init(
            prompt: prompt,
            kind: kind,
            points: points,
            scoring: scoring ?? QuestionScoring(),
            optionOrder: order,
            feedback: feedback ?? QuestionFeedback(),
            hints: hints
        )
    }
}

extension QuestionFields {
    fileprivate mutating func hints() -> [QuestionText] {
        (strings("hints") ?? []).map { origin == .client ? QuestionText($0) : QuestionText(stored: $0) }
    }
}

extension QuestionKind {
    fileprivate init?(_ fields: inout QuestionFields) {
        if fields.peek("kind") == nil { fields.add(.required, at: "kind") }
        guard let name: Name = fields.choice("kind") else { return nil }
        switch name {
        case .singleChoice: self = .singleChoice(fields.requiredObjects("options", ChoiceOption.init))
        case .multipleChoice: self = .multipleChoice(fields.requiredObjects("options", ChoiceOption.init))
        case .trueFalse:
            if fields.peek("answer") == nil { fields.add(.required, at: "answer") }
            self = .trueFalse(fields.flag("answer") ?? false)
        case .shortText: self = .shortText(ShortTextKey(&fields))
        case .numeric: self = .numeric(NumericKey(&fields))
        case .ordering: self = .ordering(fields.requiredObjects("items", QuestionItem.init))
        case .matching:
            let items = fields.requiredObjects("items") { item in
                if item.peek("target") == nil { item.add(.required, at: "target") }
                return MatchingItem(QuestionItem(&item), target: item.integer("target") ?? 0)
            }
            self = .matching(items, targets: fields.requiredObjects("targets", QuestionItem.init))
        case .blanks:
            let gaps = fields.requiredObjects("gaps", QuestionGap.init)
            self = .blanks(gaps.compactMap(\.self))
        case .essay:
            self = .essay(
                EssayTask(
                    minimumWords: fields.integer("minimumWords"),
                    maximumWords: fields.integer("maximumWords"),
                    graderNotes: fields.markup("graderNotes")
                )
            )
        case .fileUpload:
            self = .fileUpload(
                UploadTask(
                    maximumFiles: fields.integer("maximumFiles") ?? 1,
                    maximumBytes: fields.integer("maximumBytes") ?? 20_000_000,
                    mediaTypes: fields.strings("mediaTypes") ?? [],
                    graderNotes: fields.markup("graderNotes")
                )
            )
        }
    }
}

extension QuestionItem {
    fileprivate init(_ fields: inout QuestionFields) {
        self.init(id: fields.id(), text: fields.requiredMarkup("text"))
    }
}

extension ChoiceOption {
    fileprivate init(_ fields: inout QuestionFields) {
        let item = QuestionItem(&fields)
        let isCorrect = fields.flag("isCorrect") ?? false
        let credit = fields.credit("credit")
        if isCorrect, let credit, credit != .full { fields.add(.notAllowed, at: "credit") }
        let standing: Standing = isCorrect ? .correct : credit.map { .partly($0) } ?? .wrong
        self.init(item, standing, feedback: fields.markup("feedback"))
    }
}

extension ShortTextKey {
    fileprivate init(_ fields: inout QuestionFields) {
        let accepted = fields.requiredObjects("accepted") { accepted in
            let text = accepted.string("text")
            let pattern = accepted.string("pattern")
            if text == nil, pattern == nil { accepted.add(.required, at: "text") }
            if text != nil, pattern != nil { accepted.add(.notAllowed, at: "pattern") }
            return AcceptedText(
                pattern.map { .pattern($0) } ?? .text(text ?? ""),
                credit: accepted.credit("credit") ?? .full,
                feedback: accepted.markup("feedback")
            )
        }
        self.init(accepted, letters: fields.choice("letters") ?? .anyCase)
    }
}

extension NumericKey {
    fileprivate init(_ fields: inout QuestionFields) {
        let accepted = fields.requiredObjects("accepted") { accepted in
            AcceptedNumber(
                AcceptedNumber.Rule(&accepted),
                credit: accepted.credit("credit") ?? .full,
                feedback: accepted.markup("feedback")
            )
        }
        let units = fields.objects("units") { unit in
            NumericUnit(unit.string("symbol") ?? "", factor: unit.decimal("factor") ?? .one)
        }
        self.init(accepted, units: units ?? [], unitPenalty: fields.credit("unitPenalty") ?? .none)
    }
}

extension AcceptedNumber.Rule {
    fileprivate init(_ fields: inout QuestionFields) {
        let (atLeast, above) = (fields.decimal("atLeast"), fields.decimal("above"))
        let (atMost, below) = (fields.decimal("atMost"), fields.decimal("below"))
        if atLeast != nil, above != nil { fields.add(.notAllowed, at: "above") }
        if atMost != nil, below != nil { fields.add(.notAllowed, at: "below") }
        let low = atLeast.map { AcceptedNumber.Bound.including($0) } ?? above.map { .excluding($0) }
        let high = atMost.map { AcceptedNumber.Bound.including($0) } ?? below.map { .excluding($0) }
        guard low != nil || high != nil else {
            self = .near(fields.requiredDecimal("value"), AcceptedNumber.Tolerance(&fields) ?? .exact)
            return
        }
        if low == nil { fields.add(.required, at: "atLeast") }
        if high == nil { fields.add(.required, at: "atMost") }
        self = .between(low ?? .including(.zero), high ?? .including(.zero))
    }
}

extension AcceptedNumber.Tolerance {
    fileprivate init?(_ fields: inout QuestionFields) {
        let found: Self?? = fields.object("tolerance") { tolerance in
            let (absolute, relative) = (tolerance.decimal("absolute"), tolerance.decimal("relative"))
            if absolute != nil, relative != nil { tolerance.add(.notAllowed, at: "relative") }
            return absolute.map { .absolute($0) } ?? relative.map { .relative($0) }
        }
        guard let tolerance = found ?? nil else { return nil }
        self = tolerance
    }
}

extension QuestionGap {
    fileprivate init?(_ fields: inout QuestionFields) {
        let id = fields.id()
        if fields.peek("kind") == nil { fields.add(.required, at: "kind") }
        guard let kind: KeyName = fields.choice("kind") else { return nil }
        switch kind {
        case .text: self.init(id: id, .text(ShortTextKey(&fields)))
        case .number: self.init(id: id, .number(NumericKey(&fields)))
        case .choice: self.init(id: id, .choice(fields.requiredObjects("options", ChoiceOption.init)))
        }
    }

    enum KeyName: String { case text, number, choice }
}
