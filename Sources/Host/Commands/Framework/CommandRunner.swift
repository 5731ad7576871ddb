// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import Synchronization

/// Runs a command on an event loop of the main thread.
///
/// The closures are made here and not in `main`, where they would belong to the main actor and wait for it for ever.
enum CommandRunner {
    /// Runs a command line to its end.
    ///
    /// - Parameters:
    ///   - tree: The commands.
    ///   - words: What stands after `lms`.
    /// - Returns: What the shell is told.
    nonisolated static func run(_ tree: CommandTree, _ words: [String]) -> ExitCode {
        let console = Console.process
        EventLoop.ignoreBrokenPipes()
        do {
            let loop = try EventLoop(name: "lms")
            let result = Outcome()
            loop.spawn {
                let code = await tree.run(words, console: console)
                result.code.withLock { $0 = code }
                loop.stop()
            }
            loop.run()
            return result.code.withLock { $0 }
        } catch {
            console.progress("lms: \(error)")
            return .failure
        }
    }

    private final class Outcome: Sendable {
        let code = Mutex<ExitCode>(.failure)
    }
}
