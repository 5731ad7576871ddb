// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport

extension Program {
    /// Starts the platform's own program with an environment, as an operator does.
    ///
    /// - Parameters:
    ///   - words: The command and its options.
    ///   - environment: All of its environment, but for the path.
    ///   - directory: Where it runs; the temporary one unless said.
    /// - Returns: The program.
    /// - Throws: If it cannot be started.
    static func lms(
        _ words: [String],
        _ environment: [String: String],
        in directory: URL = FileManager.default.temporaryDirectory
    ) throws -> Program {
        // The tests' own executable stands beside it.
        let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let path = tests.deletingLastPathComponent().appending(path: "lms").path
        return try Program(path, words, environment: environment, in: directory.path)
    }

    /// Runs a command over the tests' installation until it ends.
    ///
    /// - Parameters:
    ///   - words: The command and its options.
    ///   - installation: What it works on.
    ///   - file: The file of the master keys.
    /// - Returns: What it wrote, and how it ended.
    /// - Throws: If it cannot be started.
    static func lms(
        _ words: [String],
        over installation: TestInstallation,
        masterKeys file: URL
    ) throws -> (text: String, status: Int32) {
        let environment = [
            "DATABASE_URL": try installation.servingURL(), "LMS_INSTALLATION": installation.prefix.description,
            "LMS_MASTER_KEY_FILE": file.path, "LMS_DATABASE_CONNECTIONS": "5",
        ]
        return try lms(words, environment).outcome()
    }
}
