// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// A refusal on its way to the client (RFC 9457).
///
/// It holds nothing that tells "you may not see it" from "it was never issued": both are `.notFound` and nothing else.
struct Problem: Error, Sendable {
    let code: ProblemCode
    /// What is particular about this case; without data of anybody else.
    var detail: LocalizedText?
    /// What is wrong with which field.
    var issues: [FieldIssue] = []
    /// When it may be tried again, in seconds.
    var retryAfterSeconds: Int?
    /// The error of RFC 6749 §5.2 on routes that speak OAuth; by status unless said.
    var oauthError: String?
    /// How much there is of what a range was asked of (RFC 9110 §15.5.17).
    var contentRange: String?
    /// The version of tus that is spoken, where another was asked for.
    var tusVersion: String?
    /// The challenge of a 401 (RFC 6750 §3).
    var challenge: String?

    init(_ code: ProblemCode, detail: LocalizedText? = nil) {
        self.code = code
        self.detail = detail
        if code.status.rawValue == 401 { challenge = "Bearer" }
    }
}

/// An error that knows how it is told to a client: every feature's error, by an exhaustive switch.
protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    var problem: Problem { self }
}
