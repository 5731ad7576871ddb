// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension QuestionContent: JSONWritable {
    /// Writes the stored form, key and all: for the database and for those who may edit the question.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("version", Self.storedVersion)
            json.field("kind", kind.name.rawValue)
            json.field("prompt", prompt)
            json.field("points", points)
            json.field("scoring") { scoring in
                scoring.field("partialCredit", self.scoring.partialCredit.rawValue)
                scoring.field("penalty", self.scoring.penalty)
            }
            json.field("optionOrder", optionOrder.rawValue)
            json.field("feedback") { feedback in
                feedback.fieldIfAny("general", self.feedback.general)
                feedback.fieldIfAny("correct", self.feedback.correct)
                feedback.fieldIfAny("partial", self.feedback.partial)
                feedback.fieldIfAny("incorrect", self.feedback.incorrect)
            }
            json.field("hints", hints)
            kind.writeKey(to: &json)
        }
    }

    /// The stored form.
    public var json: JSONText {
        var writer = JSONWriter(capacity: 1_024)
        write(to: &writer)
        return JSONText(writer.bytes)
    }
}

extension QuestionKind {
    fileprivate func writeKey(to json: inout JSONWriter) {
        switch self {
        case .singleChoice(let options), .multipleChoice(let options): json.field("options", options)
        case .trueFalse(let key): json.field("answer", key)
        case .shortText(let key): key.writeMembers(to: &json)
        case .numeric(let key): key.writeMembers(to: &json)
        case .ordering(let items): json.field("items", items)
        case .matching(let items, let targets):
            json.field("items", items)
            json.field("targets", targets)
        case .blanks(let gaps): json.field("gaps", gaps)
        case .essay(let task):
            json.fieldIfAny("minimumWords", task.minimumWords)
            json.fieldIfAny("maximumWords", task.maximumWords)
            json.fieldIfAny("graderNotes", task.graderNotes)
        case .fileUpload(let task):
            json.field("maximumFiles", task.maximumFiles)
            json.field("maximumBytes", task.maximumBytes)
            json.field("mediaTypes", task.mediaTypes)
            json.fieldIfAny("graderNotes", task.graderNotes)
        }
    }
}

extension QuestionItem: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("text", text)
    }
}

extension ChoiceOption: JSONWritable {
    /// Appends the JSON form, key and all.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            item.writeMembers(to: &json)
            json.field("isCorrect", isCorrect)
            if !isCorrect, credit != .none { json.field("credit", credit) }
            json.fieldIfAny("feedback", feedback)
        }
    }
}

extension MatchingItem: JSONWritable {
    /// Appends the JSON form, key and all.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            item.writeMembers(to: &json)
            json.field("target", target)
        }
    }
}

extension QuestionGap: JSONWritable {
    /// Appends the JSON form, key and all.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            switch key {
            case .text(let key):
                json.field("kind", KeyName.text.rawValue)
                key.writeMembers(to: &json)
            case .number(let key):
                json.field("kind", KeyName.number.rawValue)
                key.writeMembers(to: &json)
            case .choice(let options):
                json.field("kind", KeyName.choice.rawValue)
                json.field("options", options)
            }
        }
    }
}

extension ShortTextKey {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.field("accepted", accepted)
        json.field("letters", letters.rawValue)
    }
}

extension AcceptedText: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            switch rule {
            case .text(let text): json.field("text", text)
            case .pattern(let pattern): json.field("pattern", pattern)
            }
            if credit != .full { json.field("credit", credit) }
            json.fieldIfAny("feedback", feedback)
        }
    }
}

extension NumericKey {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.field("accepted", accepted)
        json.field("units", units)
        json.field("unitPenalty", unitPenalty)
    }
}

extension AcceptedNumber: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            switch rule {
            case .near(let value, let tolerance):
                json.field("value", value)
                json.field("tolerance") { json in
                    switch tolerance {
                    case .absolute(let amount): json.field("absolute", amount)
                    case .relative(let share): json.field("relative", share)
                    }
                }
            case .between(let low, let high):
                json.field(low.isWithin ? "atLeast" : "above", low.value)
                json.field(high.isWithin ? "atMost" : "below", high.value)
            }
            if credit != .full { json.field("credit", credit) }
            json.fieldIfAny("feedback", feedback)
        }
    }
}

extension NumericUnit: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("symbol", symbol)
            json.field("factor", factor)
        }
    }
}

extension ExactDecimal: JSONWritable {
    /// Writes a text, because readers of JSON round numbers to 53 bits.
    public func write(to json: inout JSONWriter) { json.appendString(description) }
}

extension JSONWriter {
    /// Writes a member unless there is nothing to write.
    mutating func fieldIfAny(_ name: JSONName, _ value: (some JSONWritable)?) {
        if let value { field(name, value) }
    }
}
