// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension ProgressError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.enrollmentNotFound)
        case .forbidden: Problem(.forbidden)
        case .notActive(.pendingPayment): Problem(.paymentNeeded)
        case .notActive: Problem(.enrollmentClosed)
        case .lessonNotFound: Problem(.lessonNotFound)
        case .quizNotPassed: Problem(.quizNotPassed)
        case .assignmentNotDone: Problem(.assignmentNotDone)
        case .mediaNotWatched: Problem(.mediaNotWatched)
        case .notYetAvailable(let instant): .notYetAvailable(until: instant)
        case .tooManyLessons, .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }
}
