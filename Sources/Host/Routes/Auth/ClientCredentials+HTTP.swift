// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension RequestContext {
    /// The identifier and secret of a client, from `Authorization: Basic` or from the body (RFC 6749 §2.3.1), not from both.
    ///
    /// - Parameter body: The request for a token.
    /// - Returns: What the client sent.
    /// - Throws: `.invalidTokenRequest` if it used both ways; `.invalidClient` if it used none or what it sent is malformed.
    func clientCredentials(_ body: TokenRequest) throws(Problem) -> ClientCredentials {
        let scheme = "basic "
        guard let header = self[.authorization], header.prefix(scheme.count).lowercased() == scheme else {
            guard let id = body.clientID, let secret = body.clientSecret else { throw .invalidClient }
            return ClientCredentials(id: id, secret: secret)
        }
        guard body.clientSecret == nil else { throw .twoClientCredentials }
        guard let pair = Data(base64Encoded: String(header.dropFirst(scheme.count))),
            let colon = pair.firstIndex(of: UInt8(ascii: ":")),
            let id = PercentEncoding.decode(Array(pair[..<colon])[...], plus: .space),
            let secret = PercentEncoding.decode(Array(pair[(colon + 1)...])[...], plus: .space),
            body.clientID == nil || body.clientID == id
        else { throw .invalidClient }
        return ClientCredentials(id: id, secret: Secret(secret))
    }
}

extension Problem {
    /// A client that authenticates itself in two ways at once, which RFC 6749 §2.3 forbids.
    fileprivate static var twoClientCredentials: Problem {
        var problem = Problem(.invalidTokenRequest).detailed(
            en: "Send the client's secret either in Authorization or in the body.",
            es: "Envíe el secreto del cliente en Authorization o en el cuerpo.",
            ar: "أرسل سر العميل إما في Authorization أو في نص الطلب."
        )
        problem.oauthError = "invalid_request"
        return problem
    }
}
