// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// All commands, found by the words of a command line; groups and `--help` come from the names.
struct CommandTree: Sendable {
    let commands: [Command]
    let version: String

    /// Runs a command line.
    ///
    /// - Parameters:
    ///   - words: What stands after `lms`.
    ///   - console: Where it writes.
    /// - Returns: What the shell is told.
    func run(_ words: [String], console: Console) async -> ExitCode {
        if words.first == "--version" {
            console.print("lms \(version)")
            return .success
        }
        let path = words.first == "help" ? Array(words.dropFirst()) : words
        let wantsHelp = words.first == "help" || isHelpWanted(words)
        guard let command = find(path) else { return explain(path.filter { !$0.hasPrefix("-") }, wantsHelp, console) }
        if wantsHelp {
            console.output(help(for: command))
            return .success
        }
        do {
            return try await command.run(Array(path.dropFirst(command.path.count)), console)
        } catch let failure as CommandFailure {
            for line in failure.message.split(separator: "\n") { console.progress("lms: \(line)") }
            if failure.code == .usage { console.progress("Try: lms \(command.name) --help") }
            return failure.code
        } catch {
            console.progress("lms: \(error)")
            return .failure
        }
    }

    private func isHelpWanted(_ words: [String]) -> Bool {
        words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    }

    /// The command whose words a line starts with; the longest one.
    private func find(_ words: [String]) -> Command? {
        commands.filter { words.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
    }

    private func explain(_ words: [String], _ wantsHelp: Bool, _ console: Console) -> ExitCode {
        let group = Array(words.prefix(while: { word in commands.contains { $0.path.first == word } }).prefix(1))
        let isGroup = !group.isEmpty || words.isEmpty
        if isGroup, wantsHelp || words.count == group.count {
            (wantsHelp ? console.output : console.diagnostics)(overview(of: group))
            return wantsHelp ? .success : .usage
        }
        console.progress("lms: there is no command \"\(words.joined(separator: " "))\"")
        console.progress("Try: lms \((group + ["--help"]).joined(separator: " "))")
        return .usage
    }

    private func overview(of group: [String]) -> String {
        let members = commands.filter { $0.path.starts(with: group) }
        var text = group.isEmpty ? "lms \(version), a learning platform for many organizations\n\n" : ""
        text += "Usage: lms \((group + ["COMMAND"]).joined(separator: " ")) [--help]\n\nCommands:\n"
        let width = members.map(\.name.count).max() ?? 0
        for command in members { text += "  \(command.name.padded(to: width))  \(command.summary)\n" }
        return text
    }

    private func help(for command: Command) -> String {
        var text = "\(command.summary).\n\nUsage: lms \(command.name)"
        for argument in command.arguments { text += " " + argument.usage }
        text += "\n"
        guard !command.arguments.isEmpty else { return text }
        text += "\n"
        let width = command.arguments.map(\.label.count).max() ?? 0
        for argument in command.arguments { text += "  \(argument.label.padded(to: width))  \(argument.help)\n" }
        return text
    }
}

extension Command {
    var name: String { path.joined(separator: " ") }
}

extension ArgumentDescription {
    fileprivate var label: String {
        switch kind {
        case .positional: name
        case .option(let value, _): "--\(name) \(value)"
        case .flag: "--\(name)"
        }
    }

    fileprivate var usage: String {
        switch kind {
        case .positional(.required), .option(_, .required): label
        case .positional(.optional), .option(_, .optional), .flag: "[\(label)]"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
