// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport

extension LMSProcess {
    /// Runs a command over the tests' installation until it ends.
    ///
    /// - Parameters:
    ///   - words: The command and its options.
    ///   - installation: What it works on.
    ///   - file: The file of the master keys.
    /// - Returns: How it ended, and what it wrote.
    /// - Throws: If it cannot be started.
    static func run(
        _ words: [String],
        over installation: TestInstallation,
        masterKeys file: URL
    ) throws -> (code: Int32, text: String) {
        let environment = [
            "DATABASE_URL": try installation.servingURL(), "LMS_INSTALLATION": installation.prefix.description,
            "LMS_MASTER_KEY_FILE": file.path, "LMS_DATABASE_CONNECTIONS": "5",
        ]
        let process = try LMSProcess(words, environment, in: FileManager.default.temporaryDirectory)
        let code = process.end()
        // The pipe is read until its end by another thread.
        while !process.isDrained { Thread.sleep(forTimeInterval: 0.01) }
        return (code, process.text)
    }
}
