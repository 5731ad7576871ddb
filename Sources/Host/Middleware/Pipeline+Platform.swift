// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The platform's own routes: who is let in on the base domain.
extension Pipeline {
    /// Lets an operator pass or not.
    ///
    /// At a tenant's address there is no such route, whoever asks.
    func admitOperator(_ served: ServedRoute, _ call: inout Call) async throws -> PlatformContext {
        let facts = call.facts
        guard let gate = services.platform, gate.isPlatformHost(facts.client.host),
            facts.head.find(Pipeline.tenantField) == nil
        else { throw Problem(.notFound) }
        var session: OperatorSession?
        if case .operator(let permission) = served.route.access {
            guard let token = facts.head.bearerToken else { throw Problem(.unauthenticated) }
            do {
                session = try await gate.authenticate(token)
            } catch {
                // Guessing tokens is limited like guessing passwords.
                try limit(.address(facts.clientText), .auth, in: .platform, &call)
                throw error
            }
            guard let found = session?.operator else { throw Problem(.unauthenticated) }
            try limit(.user(found.id.uuid), served.route.rateClass, in: .platform, &call)
            guard found.role.permissions.contains(permission) else { throw Problem(.forbidden) }
        } else {
            try limit(.address(facts.clientText), served.route.rateClass, in: .platform, &call)
        }
        return PlatformContext(session: session, host: HostContext(facts: facts, tenantLanguage: nil))
    }
}

/// What an operator who acts as a user may call.
extension Pipeline {
    /// Refuses what the tenant does not allow, and what only the person may do, whatever the tenant allows.
    ///
    /// What may be changed is a list: a route that is not on it is closed.
    func requireImpersonable(_ route: Route, by principal: Principal, at tenant: Tenant) throws(Problem) {
        guard tenant.settings.impersonation else { throw AuthenticationError.invalid.problem }
        let path = route.path.description
        guard route.method != .get else {
            if path.hasSuffix("/export") { throw Problem(.impersonationForbidden) }
            return
        }
        guard !principal.isReadOnly, tenant.settings.impersonationWrites else { throw Problem(.impersonationReadOnly) }
        let isTeaching = Pipeline.teaching.contains { path == $0 || path.hasPrefix($0 + "/") }
        guard isTeaching, !path.contains("/staff") else { throw Problem(.impersonationForbidden) }
    }

    /// What is taught and learned; nothing here says who somebody is or what they may do.
    private static let teaching = ["courses", "lessons", "enrollments", "progress", "reviews"].map { "/api/v1/\($0)" }
}

extension ProblemCode {
    static let impersonationReadOnly = ProblemCode(
        "IMPERSONATION_READ_ONLY",
        403,
        en: "You act as somebody else and may only look.",
        es: "Actúa en nombre de otra persona y solo puede consultar.",
        ar: "أنت تتصرف باسم شخص آخر ولا يمكنك سوى الاطلاع."
    )
    static let impersonationForbidden = ProblemCode(
        "IMPERSONATION_FORBIDDEN",
        403,
        en: "Only the person themselves may do this; ask them to.",
        es: "Solo la propia persona puede hacer esto; pídaselo.",
        ar: "لا يمكن إلا للشخص نفسه القيام بذلك؛ اطلب منه."
    )
}
