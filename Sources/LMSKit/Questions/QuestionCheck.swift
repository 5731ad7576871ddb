// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Finds what is wrong with a question as a whole.
struct QuestionCheck {
    static let promptLimit = 50_000
    static let textLimit = 5_000
    static let itemLimit = 50
    static let hintLimit = 10
    static let acceptedLimit = 50
    /// Each may cost as much as the engine allows, so there are few; see `TextPatterns`.
    static let patternLimit = 5
    static let patternLength = 500
    static let answerLimit = 1_000
    static let pointLimit = Points(10_000)
    var issues = QuestionIssues()

    mutating func content(_ content: QuestionContent) {
        if content.prompt.isEmpty { issues.add(.required, at: "prompt") }
        length(of: content.prompt, at: "prompt", limit: Self.promptLimit)
        if content.points < .zero { issues.add(.tooSmall, at: "points") }
        if content.points > Self.pointLimit { issues.add(.tooLarge, at: "points") }
        let name = content.kind.name
        if !name.partialCredits.contains(content.scoring.partialCredit) {
            issues.add(.notAllowed, at: "scoring.partialCredit")
        }
        if name.isManual, content.scoring.penalty != .none { issues.add(.notAllowed, at: "scoring.penalty") }
        let feedback = content.feedback
        for (name, text) in [
            ("general", feedback.general), ("correct", feedback.correct), ("partial", feedback.partial),
            ("incorrect", feedback.incorrect),
        ] {
            if let text { length(of: text, at: "feedback.\(name)", limit: Self.promptLimit) }
        }
        count(content.hints.count, 0...Self.hintLimit, at: "hints")
        for (index, hint) in content.hints.enumerated() { text(hint, at: "hints[\(index)]") }
        kind(content.kind, prompt: content.prompt)
    }

    private mutating func kind(_ kind: QuestionKind, prompt: QuestionText) {
        switch kind {
        case .singleChoice(let options): choice(options, at: "options")
        case .multipleChoice(let options):
            self.options(options, at: "options")
            if !options.contains(where: \.isCorrect) { issues.add(.noKey, at: "options") }
            for (index, option) in options.enumerated() where !option.isCorrect && option.credit != .none {
                issues.add(.notAllowed, at: "options[\(index)].credit")
            }
        case .trueFalse: break
        case .shortText(let key): shortText(key, at: "")
        case .numeric(let key): numeric(key, at: "")
        case .ordering(let items): self.items(items, 2...Self.itemLimit, at: "items")
        case .matching(let items, let targets):
            self.items(items.map(\.item), 1...Self.itemLimit, at: "items")
            self.items(targets, 2...Self.itemLimit, at: "targets")
            for (index, item) in items.enumerated() where !targets.indices.contains(item.target) {
                issues.add(.unknownReference, at: "items[\(index)].target")
            }
        case .blanks(let gaps): blanks(gaps, prompt: prompt)
        case .essay(let task):
            let (fewest, most) = (task.minimumWords ?? 0, task.maximumWords ?? EssayTask.wordLimit)
            number(fewest, 0...EssayTask.wordLimit, at: "minimumWords")
            number(most, max(fewest, 1)...max(fewest, EssayTask.wordLimit), at: "maximumWords")
            if let notes = task.graderNotes { length(of: notes, at: "graderNotes", limit: Self.promptLimit) }
        case .fileUpload(let task):
            number(task.maximumFiles, 1...20, at: "maximumFiles")
            number(task.maximumBytes, 1...10_000_000_000, at: "maximumBytes")
            count(task.mediaTypes.count, 0...50, at: "mediaTypes")
            for (index, type) in task.mediaTypes.enumerated() where !UploadTask.isMediaType(type) {
                issues.add(.malformed, at: "mediaTypes[\(index)]")
            }
            if let notes = task.graderNotes { length(of: notes, at: "graderNotes", limit: Self.promptLimit) }
        }
    }

    private mutating func choice(_ options: [ChoiceOption], at path: String) {
        self.options(options, at: path)
        switch options.count(where: \.isCorrect) {
        case 0: issues.add(.noKey, at: path)
        case 1: break
        default: issues.add(.severalKeys, at: path)
        }
    }

    private mutating func options(_ options: [ChoiceOption], at path: String) {
        items(options.map(\.item), 2...Self.itemLimit, at: path)
        for (index, option) in options.enumerated() {
            if let feedback = option.feedback {
                length(of: feedback, at: "\(path)[\(index)].feedback", limit: Self.textLimit)
            }
        }
    }

    /// Texts must differ, and not only in white space; capital and small letters do differ, as in `CO` and `Co`.
    private mutating func items(_ items: [QuestionItem], _ range: ClosedRange<Int>, at path: String) {
        count(items.count, range, at: path)
        var texts: Set<String> = []
        var names: Set<QuestionItem.ID> = []
        for (index, item) in items.enumerated() {
            text(item.text, at: "\(path)[\(index)].text")
            if !names.insert(item.id).inserted { issues.add(.repeated, at: "\(path)[\(index)].id") }
            let words = item.text.html.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !texts.insert(words).inserted { issues.add(.repeated, at: "\(path)[\(index)].text") }
        }
    }

    private mutating func shortText(_ key: ShortTextKey, at path: String) {
        count(key.accepted.count, 1...Self.acceptedLimit, at: "\(path)accepted")
        if !key.accepted.contains(where: { $0.credit == .full }) { issues.add(.noKey, at: "\(path)accepted") }
        var patterns = 0
        for (index, accepted) in key.accepted.enumerated() {
            let place = "\(path)accepted[\(index)]"
            switch accepted.rule {
            case .text(let text):
                if text.allSatisfy(\.isWhitespace) { issues.add(.required, at: "\(place).text") }
                if text.unicodeScalars.count > Self.answerLimit { issues.add(.tooLong, at: "\(place).text") }
                if text.utf8.contains(0) { issues.add(.malformed, at: "\(place).text") }
            case .pattern(let pattern):
                patterns += 1
                if pattern.isEmpty { issues.add(.required, at: "\(place).pattern") }
                if pattern.utf8.count > Self.patternLength { issues.add(.tooLong, at: "\(place).pattern") }
                if pattern.utf8.contains(0) { issues.add(.malformed, at: "\(place).pattern") }
            }
            if accepted.credit == .none { issues.add(.tooSmall, at: "\(place).credit") }
            if let text = accepted.feedback { length(of: text, at: "\(place).feedback", limit: Self.textLimit) }
        }
        if patterns > Self.patternLimit { issues.add(.tooMany, at: "\(path)accepted") }
    }

    private mutating func numeric(_ key: NumericKey, at path: String) {
        count(key.accepted.count, 1...Self.acceptedLimit, at: "\(path)accepted")
        if !key.accepted.contains(where: { $0.credit == .full }) { issues.add(.noKey, at: "\(path)accepted") }
        for (index, accepted) in key.accepted.enumerated() {
            let place = "\(path)accepted[\(index)]"
            switch accepted.rule {
            case .near(_, .absolute(let tolerance)), .near(_, .relative(let tolerance)):
                if tolerance.isNegative { issues.add(.tooSmall, at: "\(place).tolerance") }
            case .between(let low, let high):
                if high.value < low.value || high.value == low.value && !(low.isWithin && high.isWithin) {
                    issues.add(.tooSmall, at: "\(place).atMost")
                }
            }
            if accepted.credit == .none { issues.add(.tooSmall, at: "\(place).credit") }
            if let text = accepted.feedback { length(of: text, at: "\(place).feedback", limit: Self.textLimit) }
        }
        count(key.units.count, 0...20, at: "\(path)units")
        var symbols: Set<String> = []
        for (index, unit) in key.units.enumerated() {
            let place = "\(path)units[\(index)]"
            if unit.symbol.isEmpty || unit.symbol.contains(where: \.isWhitespace) || unit.symbol.utf8.contains(0) {
                issues.add(.malformed, at: "\(place).symbol")
            }
            if unit.symbol.unicodeScalars.count > 30 { issues.add(.tooLong, at: "\(place).symbol") }
            if !symbols.insert(unit.symbol).inserted { issues.add(.repeated, at: "\(place).symbol") }
            if unit.factor <= .zero { issues.add(.tooSmall, at: "\(place).factor") }
        }
        if !key.units.isEmpty, !key.units.contains(where: { $0.factor == .one }) {
            issues.add(.noKey, at: "\(path)units")
        }
    }

    private mutating func blanks(_ gaps: [QuestionGap], prompt: QuestionText) {
        count(gaps.count, 1...Self.itemLimit, at: "gaps")
        var names: Set<QuestionItem.ID> = []
        var patterns = 0
        // A mark stands where it is read: not inside a tag, which `text(of:)` leaves out.
        let seen = HTMLSanitizer.text(of: prompt.html)
        // More gaps than that are refused already, and would each be looked for in the whole text.
        for (index, gap) in gaps.prefix(Self.itemLimit).enumerated() {
            let mark = QuestionGap.mark(index)
            switch seen.ranges(of: mark).count {
            case 0: issues.add(.unknownReference, at: "gaps[\(index)]")
            case 1: break
            default: issues.add(.repeated, at: "gaps[\(index)]")
            }
            if !names.insert(gap.id).inserted { issues.add(.repeated, at: "gaps[\(index)].id") }
            switch gap.key {
            case .choice(let options): choice(options, at: "gaps[\(index)].options")
            case .number(let key): numeric(key, at: "gaps[\(index)].")
            case .text(let key):
                shortText(key, at: "gaps[\(index)].")
                patterns += key.accepted.count { if case .pattern = $0.rule { true } else { false } }
            }
        }
        if patterns > Self.patternLimit { issues.add(.tooMany, at: "gaps") }
    }

    private mutating func text(_ text: QuestionText, at field: String) {
        if text.isEmpty { issues.add(.required, at: field) }
        length(of: text, at: field, limit: Self.textLimit)
    }

    private mutating func length(of text: QuestionText, at field: String, limit: Int) {
        if text.html.utf8.count > limit * 4 || text.html.unicodeScalars.count > limit {
            issues.add(.tooLong, at: field)
        }
        if text.html.utf8.contains(0) { issues.add(.malformed, at: field) }
    }

    private mutating func count(_ count: Int, _ range: ClosedRange<Int>, at field: String) {
        if count < range.lowerBound { issues.add(.tooFew, at: field) }
        if count > range.upperBound { issues.add(.tooMany, at: field) }
    }

    private mutating func number(_ number: Int, _ range: ClosedRange<Int>, at field: String) {
        if number < range.lowerBound { issues.add(.tooSmall, at: field) }
        if number > range.upperBound { issues.add(.tooLarge, at: field) }
    }
}

extension QuestionGap {
    /// The mark that stands in the prompt where the gap is.
    static func mark(_ index: Int) -> String { "[[\(index + 1)]]" }
}

extension EssayTask {
    static let wordLimit = 20_000
    static let characterLimit = 100_000
}

extension UploadTask {
    /// A type and a subtype of RFC 6838 §4.2, in lower case and without parameters.
    static func isMediaType(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && text.utf8.count <= 127
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                        default: "!#$&-^_.+".utf8.contains(byte)
                        }
                    }
            }
    }
}
