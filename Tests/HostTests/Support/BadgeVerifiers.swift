// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTestSupport

/// What others say of a badge who have nothing but its bundle.
enum BadgeVerifiers {
    /// What the thirty lines of `Tests/Peers/badge_verifier.py` say.
    static func own(_ bundle: String) throws -> String {
        try run("badge_verifier.py", [], bundle)
    }

    /// What openbadgeslib says, which resolves from the bundle what it would fetch.
    ///
    /// - Parameters:
    ///   - bundle: The bundle.
    ///   - arguments: The learner's address; then the kind and the path of a picture, if the badge is baked into one.
    /// - Returns: Its line.
    /// - Throws: If it cannot be run.
    static func openBadgesLib(_ bundle: String, _ arguments: String...) throws -> String {
        try run("badge_peer.py", arguments, bundle)
    }

    private static func run(_ script: String, _ arguments: [String], _ bundle: String) throws -> String {
        let python = try PeerPrograms.installed("python")
        let path = PeerPrograms.file("Tests/Peers/\(script)")
        let run = try Program.run(python, [path] + arguments, input: .text(bundle))
        return run.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
