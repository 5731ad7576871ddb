// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

extension AuditError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        case .keys: Problem(.internalError)
        }
    }
}
