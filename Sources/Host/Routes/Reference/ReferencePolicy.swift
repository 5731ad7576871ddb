// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// The Content-Security-Policy of the reference page.
///
/// The page's own script and style may run, by their hashes, and nothing else may: a script from the same origin could be a file
/// that a tenant uploaded. The script may call this origin alone and may not write HTML.
enum ReferencePolicy {
    static func field(_ cryptography: any Cryptography) -> String {
        func hash(_ text: String) -> String {
            "'sha256-\(Data(cryptography.sha256(Array(text.utf8))).base64EncodedString())'"
        }
        return [
            "default-src 'none'",
            "script-src \(hash(ReferencePage.script))",
            "style-src \(hash(ReferencePage.style))",
            "connect-src 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }
}
