// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension OperatorError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: return Problem(.notFound)
        case .emailTaken: return Problem(.conflict)
        case .invalidCredentials: return Problem(.invalidCredentials)
        case .sessionOver:
            var problem = Problem(.invalidToken)
            problem.challenge = #"Bearer error="invalid_token""#
            return problem
        case .throttled(let seconds): return Problem(.signInThrottled).retrying(after: seconds)
        case .busy: return Problem(.unavailable).retrying(after: 1)
        case .keys: return Problem(.internalError)
        case .database(let error): return error.problem
        }
    }
}

extension TenantAdministrationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .slugTaken: Problem(.tenantSlugTaken)
        case .noSpare: Problem(.noSpareTenant).retrying(after: 5)
        case .notInState: Problem(.tenantNotInState)
        case .database(let error): error.problem
        default: Problem(.conflict)
        }
    }
}

extension ProblemCode {
    static let tenantSlugTaken = ProblemCode(
        "TENANT_SLUG_TAKEN",
        409,
        en: "Another organization has this subdomain.",
        es: "Otra organización ya tiene este subdominio.",
        ar: "تستخدم مؤسسة أخرى هذا النطاق الفرعي."
    )
    static let noSpareTenant = ProblemCode(
        "NO_SPARE_TENANT",
        503,
        en: "A place for the organization is being built; repeat the call with the same requestKey.",
        es: "Se está preparando un espacio para la organización; repita la llamada con la misma requestKey.",
        ar: "يجري إعداد مكان للمؤسسة؛ كرر الطلب بقيمة requestKey نفسها."
    )
    static let tenantNotInState = ProblemCode(
        "TENANT_NOT_IN_STATE",
        409,
        en: "The organization is not in a state in which this can be done.",
        es: "La organización no está en un estado que lo permita.",
        ar: "المؤسسة ليست في حالة تسمح بذلك."
    )
}
