// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension APIKeyError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.apiKeyNotFound)
        case .accountNotFound: Problem(.serviceAccountNotFound)
        case .forbidden: Problem(.forbidden)
        case .beyondOwnGrants: Problem(.beyondOwnGrants)
        case .tooMany(let limit):
            Problem(.tooManyKeys).detailed(
                en: "At most \(limit).",
                es: "Como máximo \(limit).",
                ar: "\(limit) كحد أقصى."
            )
        case .over: Problem(.apiKeyOver)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }
}

extension Authentication {
    /// Takes up who showed a key.
    init(_ known: AuthenticatedKey) {
        var facts = TokenFacts(expiresAt: known.expiresAt)
        facts.key = known.key
        self.init(principal: known.principal, token: facts)
    }
}

extension ProblemCode {
    static let apiKeyNotFound = ProblemCode(
        "API_KEY_NOT_FOUND",
        404,
        en: "There is no such key.",
        es: "No existe esa clave.",
        ar: "لا يوجد مفتاح كهذا."
    )
    static let apiKeyOver = ProblemCode(
        "API_KEY_OVER",
        409,
        en: "The key was revoked or has expired; make another one.",
        es: "La clave fue revocada o ha caducado; cree otra.",
        ar: "أُلغي المفتاح أو انتهت صلاحيته؛ أنشئ مفتاحاً آخر."
    )
    static let tooManyKeys = ProblemCode(
        "TOO_MANY_KEYS",
        409,
        en: "You have as many keys as you may have; revoke one first.",
        es: "Ya tiene el máximo de claves; revoque una antes.",
        ar: "لديك الحد الأقصى من المفاتيح؛ ألغِ واحداً أولاً."
    )
}
