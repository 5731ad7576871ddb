// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension PostgresAdministration: DatabaseAdministration {
    /// Runs a script of several statements; on an error the rest is skipped and an open transaction is rolled back.
    ///
    /// - Parameter script: The statements.
    /// - Throws: What the server said about the first statement that failed.
    public func run(_ script: Script) async throws(AdministrationFailure) {
        try await run(script: script.text)
    }
}
