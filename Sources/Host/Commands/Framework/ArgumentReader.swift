// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads the arguments of a command; or, without arguments, describes them.
///
/// One `init(arguments:)` is the parsing, the checks and the help of a command. What is wrong is collected, so that all of it
/// is said at once.
struct ArgumentReader {
    private let parsed: ParsedArguments?
    private var nextPositional = 0
    private(set) var problems: [String] = []
    private(set) var descriptions: [ArgumentDescription] = []

    /// Reads arguments.
    init(_ parsed: ParsedArguments) {
        self.parsed = parsed
    }

    private init() {
        parsed = nil
    }

    /// The arguments that a type reads.
    static func describe(_ type: (some CommandArguments).Type) -> [ArgumentDescription] {
        var reader = ArgumentReader()
        _ = type.init(arguments: &reader)
        return reader.descriptions
    }

    /// Reads the next argument without dashes, which must be there.
    mutating func positional(_ name: StaticString, _ help: String) -> String {
        describe(name, .positional(.required), help)
        guard let parsed else { return "" }
        guard let value = take(parsed) else {
            problems.append("\(name) is missing")
            return ""
        }
        return value
    }

    /// Reads the next argument without dashes, if there is one.
    mutating func optionalPositional(_ name: StaticString, _ help: String) -> String? {
        describe(name, .positional(.optional), help)
        return parsed.flatMap { take($0) }
    }

    /// Reads `--name VALUE`, which must be there.
    mutating func required(_ name: StaticString, _ value: String, _ help: String) -> String {
        describe(name, .option(value: value, .required), help)
        guard let parsed else { return "" }
        guard let text = parsed.options[name.description] else {
            problems.append("--\(name) \(value) is missing")
            return ""
        }
        return text
    }

    /// Reads `--name VALUE`, if it is there.
    mutating func optional(_ name: StaticString, _ value: String, _ help: String) -> String? {
        describe(name, .option(value: value, .optional), help)
        return parsed?.options[name.description]
    }

    /// Reads `--name VALUE` and parses it.
    mutating func optional<Value>(
        _ name: StaticString,
        _ value: String,
        _ help: String,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = optional(name, value, help) else { return nil }
        guard let result = parse(text) else {
            refuse("--\(name) is not \(value): \(text)")
            return nil
        }
        return result
    }

    /// Reads `--name`.
    mutating func flag(_ name: StaticString, _ help: String) -> Bool {
        describe(name, .flag, help)
        return parsed?.flags.contains(name.description) ?? false
    }

    /// Notes something that is wrong.
    mutating func refuse(_ problem: String) {
        if parsed != nil { problems.append(problem) }
    }

    /// Notes the arguments that nothing asked for.
    mutating func finish() {
        guard let parsed else { return }
        for extra in parsed.positionals.dropFirst(nextPositional) { problems.append("unexpected argument: \(extra)") }
    }

    private mutating func take(_ parsed: ParsedArguments) -> String? {
        guard nextPositional < parsed.positionals.count else { return nil }
        defer { nextPositional += 1 }
        return parsed.positionals[nextPositional]
    }

    private mutating func describe(_ name: StaticString, _ kind: ArgumentDescription.Kind, _ help: String) {
        if parsed == nil {
            descriptions.append(ArgumentDescription(name: name.description, kind: kind, help: help))
        }
    }
}

/// One argument as the help shows it.
struct ArgumentDescription: Sendable, Hashable {
    let name: String
    let kind: Kind
    let help: String

    enum Kind: Sendable, Hashable {
        case positional(Presence)
        case option(value: String, Presence)
        case flag
    }

    enum Presence: Sendable, Hashable {
        case required
        case optional
    }
}

/// Words of a command line, sorted by what the command says it takes.
struct ParsedArguments: Sendable {
    private(set) var positionals: [String] = []
    private(set) var options: [String: String] = [:]
    private(set) var flags: Set<String> = []
    private(set) var problems: [String] = []

    /// Sorts words: `--name VALUE`, `--name=VALUE`, `--flag`, others; after `--` everything is an other.
    init(_ words: [String], _ descriptions: [ArgumentDescription]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                return
            }
            guard word.hasPrefix("--") else {
                if word.hasPrefix("-"), word.count > 1 {
                    problems.append("unknown option: \(word)")
                } else {
                    positionals.append(word)
                }
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            switch descriptions.first(where: { $0.name == name && !$0.isPositional })?.kind {
            case .flag where parts.count == 1: flags.insert(name)
            case .option(let value, _):
                if parts.count == 2 {
                    options[name] = String(parts[1])
                } else if let next = rest.first, !next.hasPrefix("--") {
                    options[name] = rest.removeFirst()
                } else {
                    problems.append("--\(name) needs \(value)")
                }
            default: problems.append("unknown option: --\(name)")
            }
        }
    }
}

extension ArgumentDescription {
    var isPositional: Bool {
        if case .positional = kind { true } else { false }
    }
}
