// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension QuestionAnswer {
    /// Reads an answer that somebody sent; see `docs/api/questions.md` for the forms.
    ///
    /// - Parameters:
    ///   - json: The answer.
    ///   - content: The question.
    ///   - stage: How complete it has to be.
    /// - Returns: The answer; `nil` if there is none: `null`, no option, a blank text.
    /// - Throws: `QuestionError.invalid` with what is wrong: another shape than the question's kind has, a part that the
    ///   question does not have, a part named twice, a text that is too long.
    public static func read(
        _ json: JSONValue,
        for content: QuestionContent,
        stage: Stage = .draft
    ) throws(QuestionError) -> QuestionAnswer? {
        if json == .null { return nil }
        var fields = QuestionFields(json, origin: .client)
        let answer = QuestionAnswer(&fields, kind: content.kind.name)
        fields.close()
        try fields.issues.throwIfAny()
        var check = AnswerCheck(stage: stage)
        if let answer { check.answer(answer, to: content.kind) }
        try check.issues.throwIfAny()
        return answer
    }

    /// Reads an answer that was stored.
    ///
    /// It may name parts that the question no longer has; these earn nothing.
    ///
    /// - Parameters:
    ///   - json: What `write(to:)` wrote.
    ///   - kind: The kind of the question.
    /// - Returns: The answer; `nil` if there is none.
    /// - Throws: `QuestionError.invalid` if it is no answer to such a question.
    public static func read(
        stored json: JSONValue,
        kind: QuestionKind.Name
    ) throws(QuestionError) -> QuestionAnswer? {
        if json == .null { return nil }
        var fields = QuestionFields(json, origin: .storage)
        let answer = QuestionAnswer(&fields, kind: kind)
        fields.close()
        try fields.issues.throwIfAny()
        return answer
    }

    private init?(_ fields: inout QuestionFields, kind: QuestionKind.Name) {
        switch kind {
        case .singleChoice, .multipleChoice:
            let options = fields.ids("options")
            if kind == .singleChoice, options.count > 1 { fields.add(.tooMany, at: "options") }
            guard !options.isEmpty else { return nil }
            self = .choices(Set(options))
        case .trueFalse:
            guard let value = fields.flag("value") else { return nil }
            self = .truth(value)
        case .shortText, .essay:
            guard let text = fields.filledString("text") else { return nil }
            self = .text(text)
        case .numeric:
            guard case .number(let value, let unit)? = fields.number() else { return nil }
            self = .number(value, unit: unit)
        case .ordering:
            let items = fields.ids("items")
            guard !items.isEmpty else { return nil }
            self = .order(items)
        case .matching:
            let pairs = fields.objects("matches") { ($0.requiredID("item"), $0.requiredID("target")) } ?? []
            self.init(&fields, matches: pairs)
        case .blanks:
            let gaps = fields.objects("gaps") { gap in (gap.requiredID("gap"), gap.gapAnswer()) } ?? []
            self.init(&fields, gaps: gaps)
        case .fileUpload:
            let files = (fields.strings("files") ?? []).enumerated().compactMap { index, text in
                let file = StoredFile.ID(text)
                if file == nil { fields.add(.malformed, at: "files[\(index)]") }
                return file
            }
            if Set(files).count < files.count { fields.add(.repeated, at: "files") }
            guard !files.isEmpty else { return nil }
            self = .files(files)
        }
    }

    private init?(_ fields: inout QuestionFields, matches pairs: [(QuestionItem.ID?, QuestionItem.ID?)]) {
        var matches: [QuestionItem.ID: QuestionItem.ID] = [:]
        for (index, pair) in pairs.enumerated() {
            guard let item = pair.0, let target = pair.1 else { continue }
            if matches.updateValue(target, forKey: item) != nil { fields.add(.repeated, at: "matches[\(index)].item") }
        }
        guard !matches.isEmpty else { return nil }
        self = .matches(matches)
    }

    private init?(_ fields: inout QuestionFields, gaps: [(QuestionItem.ID?, GapAnswer?)]) {
        var answers: [QuestionItem.ID: GapAnswer] = [:]
        var names: Set<QuestionItem.ID> = []
        for (index, gap) in gaps.enumerated() {
            guard let id = gap.0 else { continue }
            if !names.insert(id).inserted { fields.add(.repeated, at: "gaps[\(index)].gap") }
            answers[id] = gap.1
        }
        guard !answers.isEmpty else { return nil }
        self = .gaps(answers)
    }
}

extension QuestionFields {
    fileprivate mutating func optionalID(_ name: String) -> QuestionItem.ID? {
        guard let text = string(name) else { return nil }
        let id = QuestionItem.ID(text)
        if id == nil { add(.malformed, at: name) }
        return id
    }

    fileprivate mutating func ids(_ name: String) -> [QuestionItem.ID] {
        var seen: Set<QuestionItem.ID> = []
        return (strings(name) ?? []).enumerated().compactMap { index, text in
            guard let id = QuestionItem.ID(text) else {
                add(.malformed, at: "\(name)[\(index)]")
                return nil
            }
            if !seen.insert(id).inserted { add(.repeated, at: "\(name)[\(index)]") }
            return id
        }
    }

    fileprivate mutating func filledString(_ name: String) -> String? {
        guard let text = string(name), !text.allSatisfy(\.isWhitespace) else { return nil }
        return text
    }

    fileprivate mutating func number() -> GapAnswer? {
        let unit = filledString("unit")
        if let unit, unit.unicodeScalars.count > 100 { add(.tooLong, at: "unit") }
        // A field that was emptied again is no answer.
        guard let value = blankAsNothing("value") else { return nil }
        return .number(value, unit: unit)
    }

    private mutating func blankAsNothing(_ name: String) -> ExactDecimal? {
        guard let value = peek(name) else { return nil }
        if let text = value.text, text.allSatisfy(\.isWhitespace) {
            _ = take(name)
            return nil
        }
        return decimal(name)
    }

    fileprivate mutating func gapAnswer() -> GapAnswer? {
        let kinds = ["text", "value", "option"].filter { peek($0) != nil }
        if kinds.count > 1 { add(.notAllowed, at: kinds[1]) }
        switch kinds.first {
        case "text": return filledString("text").map { .text($0) }
        case "value": return number()
        case "option": return optionalID("option").map { .choice($0) }
        default: return nil
        }
    }
}

/// Finds what is wrong with an answer to a given question.
private struct AnswerCheck {
    let stage: QuestionAnswer.Stage
    var issues = QuestionIssues()

    init(stage: QuestionAnswer.Stage) {
        self.stage = stage
    }

    mutating func answer(_ answer: QuestionAnswer, to kind: QuestionKind) {
        switch (answer, kind) {
        case (.choices(let chosen), .singleChoice(let options)), (.choices(let chosen), .multipleChoice(let options)):
            references(Array(chosen), among: options.map(\.item.id), at: "options")
        case (.text(let text), .shortText): length(text, at: "text")
        case (.text(let text), .essay(let task)): essay(text, task)
        case (.order(let order), .ordering(let items)):
            references(order, among: items.map(\.id), at: "items")
            if issues.all.isEmpty, order.count < items.count { issues.add(.incomplete, at: "items") }
        case (.matches(let matches), .matching(let items, let targets)):
            references(Array(matches.keys), among: items.map(\.item.id), at: "matches")
            references(Array(matches.values), among: targets.map(\.id), at: "matches")
        case (.gaps(let answers), .blanks(let gaps)): self.gaps(answers, gaps)
        case (.files(let files), .fileUpload(let task)):
            if files.count > task.maximumFiles { issues.add(.tooMany, at: "files") }
        default: break
        }
    }

    private mutating func gaps(_ answers: [QuestionItem.ID: GapAnswer], _ gaps: [QuestionGap]) {
        references(Array(answers.keys), among: gaps.map(\.id), at: "gaps")
        for (index, gap) in gaps.enumerated() {
            switch (answers[gap.id], gap.key) {
            case (nil, _), (.number, .number): break
            case (.text(let text), .text): length(text, at: "gaps[\(index)].text")
            case (.choice(let option), .choice(let options)):
                references([option], among: options.map(\.item.id), at: "gaps[\(index)].option")
            default: issues.add(.wrongType, at: "gaps[\(index)]")
            }
        }
    }

    private mutating func essay(_ text: String, _ task: EssayTask) {
        if text.unicodeScalars.count > EssayTask.characterLimit { issues.add(.tooLong, at: "text") }
        let words = EssayTask.wordCount(of: text)
        if let most = task.maximumWords, words > most { issues.add(.tooMany, at: "text") }
        if stage == .submission, let fewest = task.minimumWords, words < fewest { issues.add(.tooFew, at: "text") }
    }

    private mutating func length(_ text: String, at field: String) {
        if text.unicodeScalars.count > QuestionCheck.answerLimit { issues.add(.tooLong, at: field) }
    }

    private mutating func references(_ ids: [QuestionItem.ID], among known: [QuestionItem.ID], at field: String) {
        if !Set(ids).isSubset(of: known) { issues.add(.unknownReference, at: field) }
    }
}

extension QuestionAnswer: JSONWritable {
    /// Writes the form that `read(_:for:stage:)` takes; what has no order is written in the order of identifiers.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .choices(let chosen): json.field("options", chosen.sorted())
            case .truth(let value): json.field("value", value)
            case .text(let text): json.field("text", text)
            case .number(let value, let unit): GapAnswer.number(value, unit: unit).writeMembers(to: &json)
            case .order(let order): json.field("items", order)
            case .matches(let matches): json.field("matches", matches.sorted { $0.key < $1.key }.map(Match.init))
            case .gaps(let gaps): json.field("gaps", gaps.sorted { $0.key < $1.key }.map(FilledGap.init))
            case .files(let files): json.field("files", files)
            }
        }
    }

    private struct Match: JSONWritable {
        let item: QuestionItem.ID
        let target: QuestionItem.ID

        init(_ pair: (key: QuestionItem.ID, value: QuestionItem.ID)) {
            (item, target) = pair
        }

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("item", item)
                json.field("target", target)
            }
        }
    }

    private struct FilledGap: JSONWritable {
        let gap: QuestionItem.ID
        let answer: GapAnswer

        init(_ pair: (key: QuestionItem.ID, value: GapAnswer)) {
            (gap, answer) = pair
        }

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("gap", gap)
                answer.writeMembers(to: &json)
            }
        }
    }
}

extension GapAnswer {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .text(let text): json.field("text", text)
        case .number(let value, let unit):
            json.field("value", value)
            json.fieldIfAny("unit", unit)
        case .choice(let option): json.field("option", option)
        }
    }
}
