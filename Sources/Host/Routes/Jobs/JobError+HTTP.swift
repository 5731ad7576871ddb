// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit

extension ProblemCode {
    static let jobNotFound = ProblemCode(
        "JOB_NOT_FOUND",
        404,
        en: "There is no such job; one that is done may not be kept.",
        es: "No existe ese trabajo; uno terminado puede no conservarse.",
        ar: "لا توجد مهمة كهذه؛ قد لا يُحتفظ بالمهمة المنتهية."
    )
    static let jobNotInState = ProblemCode(
        "JOB_NOT_IN_STATE",
        409,
        en: "The job's state does not allow this. Read it again.",
        es: "El estado del trabajo no lo permite. Vuelva a leerlo.",
        ar: "حالة المهمة لا تسمح بذلك. اقرأها من جديد."
    )
}

extension JobError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.jobNotFound)
        case .forbidden: Problem(.forbidden)
        case .notInState(let state):
            Problem(.jobNotInState).detailed(
                en: "It is \(state.rawValue).",
                es: "Está en el estado \(state.rawValue).",
                ar: "حالتها \(state.rawValue)."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}
