// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension ReviewError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.reviewNotFound)
        case .enrollmentNotFound: Problem(.enrollmentNotFound)
        case .courseNotFound: Problem(.courseNotFound)
        case .forbidden: Problem(.forbidden)
        case .notActive(.pendingPayment): Problem(.paymentNeeded)
        case .notActive: Problem(.enrollmentClosed)
        case .tooEarly(let needed): Self.tooEarly(needed)
        case .alreadyReviewed(let id):
            Problem(.alreadyReviewed).detailed(
                en: "The review is \(id).",
                es: "La reseña es \(id).",
                ar: "المراجعة هي \(id)."
            )
        case .ownReview: Problem(.ownReview)
        case .versionMismatch: Problem(.preconditionFailed)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }

    /// What writing a review may be answered with.
    static let writingProblems: [ProblemCode] = [
        .enrollmentNotFound, .alreadyReviewed, .reviewTooEarly, .enrollmentClosed, .paymentNeeded,
    ]

    private static func tooEarly(_ needed: Percentage) -> Problem {
        Problem(.reviewTooEarly).detailed(
            en: "It takes \(needed.value) % of the course.",
            es: "Hace falta un \(needed.value) % del curso.",
            ar: "يلزم إتمام \(needed.value)٪ من المقرر."
        )
    }
}

extension ProblemCode {
    static let reviewNotFound = ProblemCode(
        "REVIEW_NOT_FOUND",
        404,
        en: "There is no such review.",
        es: "No existe esa reseña.",
        ar: "لا توجد مراجعة كهذه."
    )
    static let alreadyReviewed = ProblemCode(
        "ALREADY_REVIEWED",
        409,
        en: "You have reviewed this course already.",
        es: "Ya ha reseñado este curso.",
        ar: "لقد راجعت هذا المقرر بالفعل."
    )
    static let reviewTooEarly = ProblemCode(
        "REVIEW_TOO_EARLY",
        403,
        en: "Too little of the course is done to review it.",
        es: "Aún ha avanzado muy poco para reseñar el curso.",
        ar: "لم يُنجَز من المقرر ما يكفي لمراجعته."
    )
    static let ownReview = ProblemCode(
        "OWN_REVIEW",
        409,
        en: "Nobody votes for their own review.",
        es: "Nadie vota su propia reseña.",
        ar: "لا أحد يصوّت لمراجعته."
    )
}
