// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What is running.
enum BuildInformation {
    static let version = "0.1.0"
}

extension Command {
    /// `lms version`.
    static let version = Command("version", "Print the version") { console in
        console.print("lms \(BuildInformation.version)")
        return .success
    }
}
