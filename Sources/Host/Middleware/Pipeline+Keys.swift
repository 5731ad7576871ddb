// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// API keys: where they may stand and what they may do.
extension Pipeline {
    /// Refuses a key in the address, where logs, histories and `Referer` fields keep it.
    func requireNoKey(inQueryOf head: RequestHead) throws(Problem) {
        guard let query = head.queryRange, query.count >= APIKeySecret.shortestLook else { return }
        if APIKeySecret.stands(in: head.bytes[query]) { throw Problem(.keyInAddress) }
    }

    /// Refuses a program on a route that asks for a person, or for a permission that its scopes lack.
    func require(_ use: KeyUse, of authentication: Authentication) throws(Problem) {
        guard authentication.token.key != nil || authentication.principal.service != nil else { return }
        switch use {
        case .accepted: return
        case .refused: throw Problem(.personRequired)
        case .holding(let permission):
            guard authentication.principal.grants.scope(of: permission) != nil else { throw Problem(.forbidden) }
        }
    }
}

extension RequestHead {
    /// The value of `X-API-Key`.
    ///
    /// - Throws: `.twoCredentials` beside an `Authorization`: RFC 6750 §2 allows one way at a time.
    var apiKey: String? {
        get throws(Problem) {
            guard hasName(ofLengthIn: 1 << 9), let field = find("x-api-key") else { return nil }
            guard find(.authorization) == nil else { throw Problem(.twoCredentials) }
            return field.value.count <= 4096 ? String(decoding: bytes[field.value], as: UTF8.self) : ""
        }
    }
}

extension APIKeySecret {
    /// A query that is shorter holds no key.
    fileprivate static let shortestLook = 40

    /// Whether a part of a query looks like a key or a client's secret, also one that was mistyped or whose `_` is escaped.
    fileprivate static func stands(in query: ArraySlice<UInt8>) -> Bool {
        let marks: [StaticString] = ["lms_", "lms%5F", "lms%5f", "lmc_", "lmc%5F", "lmc%5f"]
        return marks.contains { mark in
            let mark = Array(mark.description.utf8)
            return query.indices.dropLast(shortestLook - 1).contains { start in
                guard query[start] == mark[0], query[start...].starts(with: mark) else { return false }
                let rest = query[(start + mark.count)...].prefix { $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "+") }
                return rest.count >= shortestLook - mark.count
            }
        }
    }
}

extension ProblemCode {
    static let keyInAddress = ProblemCode(
        "KEY_IN_ADDRESS",
        400,
        en: "A key or secret stands in the address, where logs keep it: revoke it, and send the next one as a header.",
        es:
            "Hay una clave o un secreto en la dirección, donde los registros lo guardan: revóquelo y envíe el próximo como cabecera.",
        ar: "يوجد مفتاح أو سر في العنوان حيث تحفظه السجلات: ألغِه وأرسل التالي في ترويسة."
    )
    static let twoCredentials = ProblemCode(
        "TWO_CREDENTIALS",
        400,
        en: "Send either Authorization or X-API-Key, not both.",
        es: "Envíe Authorization o X-API-Key, pero no ambas.",
        ar: "أرسل إما Authorization أو X-API-Key وليس كليهما."
    )
    static let personRequired = ProblemCode(
        "PERSON_REQUIRED",
        403,
        en: "A program cannot do this; sign in as a person.",
        es: "Un programa no puede hacer esto; inicie sesión como persona.",
        ar: "لا يمكن لبرنامج فعل ذلك؛ سجّل الدخول كشخص."
    )
}
