// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite struct CommandTreeTests {
    private struct Greeting: CommandArguments {
        let name: String
        let times: Int
        let isLoud: Bool

        init(arguments: inout ArgumentReader) {
            name = arguments.positional("NAME", "Who is greeted")
            times = arguments.optional("times", "COUNT", "How often") { Int($0) } ?? 1
            isLoud = arguments.flag("loud", "Shout")
        }
    }

    private let tree = CommandTree(
        commands: [
            Command("people greet", "Greet somebody", Greeting.self) { arguments, console in
                for _ in 0..<arguments.times {
                    console.print(arguments.isLoud ? arguments.name.uppercased() : arguments.name)
                }
                return .success
            },
            Command("people lose", "Lose everybody") { _ in throw CommandFailure("nobody is left") },
        ],
        version: "9"
    )

    private func run(_ words: String...) async -> (code: ExitCode, output: String, diagnostics: String) {
        let output = Collected()
        let diagnostics = Collected()
        let console = Console(
            output: { text in output.text.withLock { $0 += text } },
            diagnostics: { text in diagnostics.text.withLock { $0 += text } },
            environment: [:]
        )
        let code = await tree.run(words, console: console)
        return (code, output.text.withLock { $0 }, diagnostics.text.withLock { $0 })
    }

    private final class Collected: Sendable {
        let text = Mutex("")
    }

    @Test func `options may stand before and after the others, in either form`() async {
        for words in [["--times", "2", "Ana", "--loud"], ["--loud", "Ana", "--times=2"]] {
            let result = await run(
                "people",
                "greet",
                words[0],
                words[1],
                words[2],
                words.count > 3 ? words[3] : "--loud"
            )
            #expect(result.output == "ANA\nANA\n")
            #expect(result.code == .success)
        }
    }

    @Test func `everything that is wrong is said at once, with what to do`() async {
        let result = await run("people", "greet", "--times", "many", "--colour")
        #expect(result.code == .usage)
        #expect(
            result.diagnostics == """
                lms: unknown option: --colour
                lms: NAME is missing
                lms: --times is not COUNT: many
                Try: lms people greet --help

                """
        )
    }

    @Test func `after two dashes nothing is an option`() async {
        #expect(await run("people", "greet", "--", "--loud").output == "--loud\n")
    }

    @Test func `there is help at each level`() async {
        let top = await run("--help")
        #expect(top.code == .success)
        #expect(top.output.contains("people greet  Greet somebody"))
        #expect(await run("people", "--help").output.contains("Usage: lms people COMMAND"))
        let command = await run("people", "greet", "--help")
        #expect(command.output.contains("Usage: lms people greet NAME [--times COUNT] [--loud]"))
        #expect(await run("help", "people", "greet").output == command.output)
    }

    @Test func `a group without a command shows what there is and fails`() async {
        let result = await run("people")
        #expect(result.code == .usage)
        #expect(result.diagnostics.contains("people lose"))
    }

    @Test func `an unknown command is refused`() async {
        #expect(await run("fly").code == .usage)
        #expect(await run("people", "fly").diagnostics.contains("there is no command \"people fly\""))
    }

    @Test func `a failure says why and exits with 1`() async {
        let result = await run("people", "lose")
        #expect(result.code == .failure)
        #expect(result.diagnostics == "lms: nobody is left\n")
    }
}
