// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

/// Where a command writes: results to standard output, everything else to standard error.
struct Console: Sendable {
    /// Takes text for standard output.
    let output: @Sendable (String) -> Void
    /// Takes text for standard error.
    let diagnostics: @Sendable (String) -> Void
    /// The environment's variables.
    let environment: [String: String]

    /// Writes a line of the result.
    func print(_ line: String) {
        output(line + "\n")
    }

    /// Says how far a long command is.
    func progress(_ line: String) {
        diagnostics(line + "\n")
    }

    /// The process's own streams and environment.
    static var process: Console {
        Console(
            output: { Console.write($0, to: .standardOutput) },
            diagnostics: { Console.write($0, to: .standardError) },
            environment: ProcessInfo.processInfo.environment
        )
    }

    /// Writes bytes to standard output; blocks while its reader is slow.
    @Sendable static func writeOutput(_ bytes: [UInt8]) {
        // A reader that went away is not our failure.
        try? FileHandle.standardOutput.write(contentsOf: Data(bytes))
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that went away is not our failure.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
