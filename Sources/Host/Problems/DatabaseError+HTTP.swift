// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension DatabaseError: ProblemConvertible {
    /// How a failure that no feature translated is told: never with data, SQL or the constraint's name.
    var problem: Problem {
        switch self {
        case .serializationFailure, .lockTimeout: Problem(.conflict).retrying(after: 1)
        case .unavailable, .connectionLost: Problem(.databaseUnavailable).retrying(after: 2)
        case .cancelled: Problem(.unavailable).retrying(after: 1)
        case .unknownOutcome: Problem(.unknownOutcome).retrying(after: 1)
        // read_only_sql_transaction: PostgreSQL keeps an impersonator from writing.
        case .refused(sqlState: "25006"): Problem(.impersonationReadOnly)
        case .constraint, .permissionDenied, .refused, .undecodable: Problem(.internalError)
        }
    }
}

extension Problem {
    /// The same problem with a time to wait.
    ///
    /// - Parameter seconds: What `Retry-After` says.
    /// - Returns: The problem.
    func retrying(after seconds: Int) -> Problem {
        var problem = self
        problem.retryAfterSeconds = seconds
        return problem
    }

    /// The same problem with particulars.
    ///
    /// - Parameters:
    ///   - en: The particulars in English.
    ///   - es: The particulars in Spanish.
    ///   - ar: The particulars in Arabic.
    /// - Returns: The problem.
    func detailed(en: String, es: String, ar: String) -> Problem {
        var problem = self
        problem.detail = LocalizedText(en: en, es: es, ar: ar)
        return problem
    }
}
