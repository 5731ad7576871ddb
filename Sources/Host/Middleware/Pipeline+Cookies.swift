// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Browsers that are known by a cookie: an alternative to a token in `Authorization`, which is looked at first.
extension Pipeline {
    /// The access token of a request's cookie, if it is looked at.
    func sessionCookie(of facts: RequestFacts) -> String? {
        let head = facts.head
        guard head.hasName(ofLengthIn: 1 << 6), head.find(.cookie) != nil, head.find(.authorization) == nil,
            facts.mayShowCookies
        else { return nil }
        return SessionCookies(facts.client)?.value(of: .access, in: head)
    }

    /// Refuses what a browser was made to send: a change must come from a page of ours, and that page must show the token of its
    /// session.
    func requireOwnPage(_ facts: RequestFacts, _ session: SignInSession.ID?, _ site: Site) throws(Problem) {
        guard facts.isFromOwnPage(mustSay: true) else { throw Problem(.crossSiteRequest) }
        try services.requireToken(of: session, facts.head, at: site.tenant)
    }
}

extension HostServices {
    /// Who an access token in a cookie is of; `nil` if it is not good here.
    ///
    /// A cookie that is over, or another tenant's, is no cookie: a browser sends it without being asked, so it refuses nothing that
    /// is open to everybody. Neither does one that a policy of the tenant refuses, unless the refusals are to be told.
    func authenticate(
        cookie token: String,
        at tenant: Tenant,
        from address: String,
        tellsRefusals: Bool
    ) async throws(Problem) -> Authentication? {
        // A key is a program's, and no browser's.
        guard !APIKeySecret.isOne(token) else { return nil }
        do throws(AuthenticationError) {
            if let known = try recall(token, tenant, address) { return known }
            return try await authenticate(token, tenant, address)
        } catch {
            switch error {
            case .invalid, .expired: return nil
            case .policy where !tellsRefusals: return nil
            case .policy: throw error.problem
            case .database: throw error.problem
            }
        }
    }

    /// Refuses a request that does not show the token of a session.
    func requireToken(of session: SignInSession.ID?, _ head: RequestHead, at tenant: Tenant) throws(Problem) {
        guard let session, let token = head.value(of: "x-csrf-token"),
            csrfTokens(of: tenant.id).isGood(token, for: session)
        else { throw Problem(.csrfTokenInvalid) }
    }
}

extension ProblemCode {
    static let crossSiteRequest = ProblemCode(
        "CROSS_SITE_REQUEST",
        403,
        en:
            "A browser may do this only from a page of this very address; Origin or Sec-Fetch-Site says otherwise or is missing.",
        es:
            "Un navegador solo puede hacer esto desde una página de esta misma dirección; Origin o Sec-Fetch-Site no lo confirma.",
        ar: "لا يمكن للمتصفح فعل ذلك إلا من صفحة على هذا العنوان نفسه؛ Origin أو Sec-Fetch-Site لا يؤكد ذلك."
    )
    static let csrfTokenInvalid = ProblemCode(
        "CSRF_TOKEN_INVALID",
        403,
        en: "Send the token of this session as X-CSRF-Token; GET /api/v1/auth/csrf gives one.",
        es: "Envíe el token de esta sesión como X-CSRF-Token; GET /api/v1/auth/csrf da uno.",
        ar: "أرسل رمز هذه الجلسة في X-CSRF-Token؛ تحصل عليه من GET /api/v1/auth/csrf."
    )
    static let httpsRequired = ProblemCode(
        "HTTPS_REQUIRED",
        403,
        en: "Sessions in cookies need https; use it, or send tokens in Authorization.",
        es: "Las sesiones con cookies necesitan https; úselo, o envíe los tokens en Authorization.",
        ar: "تحتاج الجلسات في ملفات تعريف الارتباط إلى https؛ استخدمه أو أرسل الرموز في Authorization."
    )
}
