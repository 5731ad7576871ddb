// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension SessionCookies {
    /// What has a browser keep a session's tokens.
    func keeping(_ signedIn: SignedIn) -> HTTPFields {
        let tokens = signedIn.tokens
        var fields = HTTPFields()
        fields.append("set-cookie", keeping(tokens.accessToken, as: .access, seconds: tokens.expiresInSeconds))
        fields.append(
            "set-cookie",
            keeping(tokens.refreshToken, as: .refresh, seconds: SignIn.refreshLifetimeInSeconds)
        )
        if let device = signedIn.device {
            fields.append("set-cookie", keeping(device, as: .device, seconds: SignIn.deviceLifetimeInSeconds))
        }
        return fields
    }
}

extension RequestContext {
    /// Gives new tokens to whoever asks, in the way that they showed the ones before: a page whose browser keeps them never sees one.
    func reply(giving signedIn: SignedIn) -> Reply<SignedInBody> {
        guard isByCookie, let cookies = SessionCookies(host.client) else { return .ok(SignedInBody(signedIn)) }
        let csrfToken = services.csrfTokens(of: tenant.id).make(for: signedIn.tokens.session)
        var reply = Reply<SignedInBody>.ok(SignedInBody(signedIn, csrfToken: Secret(csrfToken)))
        reply.fields = cookies.keeping(signedIn)
        return reply
    }
}
