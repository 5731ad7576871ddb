// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Reads variables and collects everything that is wrong with them.
struct EnvironmentReader {
    private let variables: [String: String]
    private(set) var problems: [String] = []
    private var known: Set<String> = []

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// The text of a variable; an empty one counts as unset.
    mutating func text(_ name: String) -> String? {
        known.insert(name)
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// A variable that a type parses.
    ///
    /// - Parameters:
    ///   - name: The variable.
    ///   - expectation: What it must be, for the problem.
    ///   - parse: Parses it.
    /// - Returns: The value; `nil` if it is unset or was noted as a problem.
    mutating func value<Value>(_ name: String, _ expectation: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = parse(text) else {
            problems.append("\(name) must be \(expectation), not \"\(text)\"")
            return nil
        }
        return value
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>, default fallback: Int) -> Int {
        value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? fallback
    }

    mutating func number(_ name: String, _ range: ClosedRange<Double>, default fallback: Double) -> Double {
        value(name, "a number from \(range.lowerBound) to \(range.upperBound)") { text in
            Double(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? fallback
    }

    /// `on` or `off`.
    mutating func toggle(_ name: String, default fallback: Bool) -> Bool {
        value(name, "on or off") { ["on": true, "off": false][$0] } ?? fallback
    }

    /// A secret; its text never gets into a problem.
    mutating func secret(_ name: String) -> Secret<String>? {
        text(name).map { Secret($0) }
    }

    /// Whether something is wrong with a variable already.
    func hasProblem(with name: String) -> Bool { problems.contains { $0.hasPrefix("\(name) ") } }

    mutating func refuse(_ problem: String) {
        problems.append(problem)
    }

    /// The `LMS_` variables that nothing asked for: most likely misspelled.
    var unknown: [String] {
        let foreign = ["LMS_TEST_", "LMS_BENCH_", "LMS_FUZZ_", "LMS_CRASH_", "LMS_STORM_", "LMS_OLX_", "LMS_BINARY"]
        return variables.keys.filter { name in
            name.hasPrefix("LMS_") && !known.contains(name) && !foreign.contains { name.hasPrefix($0) }
        }.sorted()
    }
}

/// Everything that is wrong with a configuration.
struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    let problems: [String]

    var description: String {
        problems.map { "configuration: \($0)" }.joined(separator: "\n")
    }
}
