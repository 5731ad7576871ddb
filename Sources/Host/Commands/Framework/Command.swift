// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a command was called with.
protocol CommandArguments: Sendable {
    init(arguments: inout ArgumentReader)
}

/// No arguments.
struct NoArguments: CommandArguments {
    init(arguments: inout ArgumentReader) {}
}

/// What the shell is told.
struct ExitCode: Sendable, Hashable {
    let status: Int32

    static let success = ExitCode(status: 0)
    /// The command ran and did not succeed.
    static let failure = ExitCode(status: 1)
    /// The command line makes no sense.
    static let usage = ExitCode(status: 2)
    /// The configuration is unusable (EX_CONFIG of sysexits.h).
    static let configuration = ExitCode(status: 78)
}

/// Why a command failed: what is wrong and what to do, for people.
struct CommandFailure: Error, Sendable, Hashable {
    let message: String
    let code: ExitCode

    init(_ message: String, code: ExitCode = .failure) {
        self.message = message
        self.code = code
    }
}

/// One command: `lms tenants create`.
struct Command: Sendable {
    /// The words after `lms`.
    let path: [String]
    let summary: String
    let arguments: [ArgumentDescription]
    let run: @Sendable (_ words: [String], _ console: Console) async throws -> ExitCode

    /// Declares a command without arguments.
    ///
    /// - Parameters:
    ///   - name: The words after `lms`, parted by spaces.
    ///   - summary: What it does, in a few words.
    ///   - body: Does it.
    init(
        _ name: StaticString,
        _ summary: String,
        _ body: @escaping @Sendable (Console) async throws -> ExitCode
    ) {
        self.init(name, summary, NoArguments.self) { _, console in try await body(console) }
    }

    /// Declares a command.
    ///
    /// - Parameters:
    ///   - name: The words after `lms`, parted by spaces.
    ///   - summary: What it does, in a few words.
    ///   - arguments: What it reads.
    ///   - body: Does it. `CommandFailure` is told to people as it is.
    init<Arguments: CommandArguments>(
        _ name: StaticString,
        _ summary: String,
        _ arguments: Arguments.Type,
        _ body: @escaping @Sendable (Arguments, Console) async throws -> ExitCode
    ) {
        path = name.description.split(separator: " ").map(String.init)
        self.summary = summary
        self.arguments = ArgumentReader.describe(arguments)
        run = { words, console in
            let parsed = ParsedArguments(words, ArgumentReader.describe(arguments))
            var reader = ArgumentReader(parsed)
            let values = Arguments(arguments: &reader)
            reader.finish()
            let problems = parsed.problems + reader.problems
            guard problems.isEmpty else {
                throw CommandFailure(problems.joined(separator: "\n"), code: .usage)
            }
            return try await body(values, console)
        }
    }
}
