// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/reviews/{reviewId}`.
struct ReviewPath: PathParameters {
    let reviewId: Review.ID

    init(fields: inout FieldReader) {
        reviewId = fields.required("reviewId", .id())
    }
}

/// A course whose reviews are meant.
struct ReviewedCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// The query of a course's reviews.
struct ReviewListQuery: QueryParameters {
    let status: Review.Status
    let order: Reviews.Order
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        status = fields.optional("status", .choice(Review.Status.approved), default: .approved)
        order = fields.optional("sort", .choice(Reviews.Order.newest), default: .newest)
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// The words of a review, new or in place of those before.
struct ReviewRequest: RequestBody {
    let draft: ReviewDraft

    init(fields: inout FieldReader) {
        draft = ReviewDraft(
            rating: fields.required("rating", .integer(1...5)),
            title: fields.optional("title", .text(1...200, example: "Short and good")),
            body: fields.required("body", .multilineText(10...2000, example: "Clear and to the point.")),
            pros: fields.optional("pros", .points, default: []),
            cons: fields.optional("cons", .points, default: [])
        )
    }
}

/// `PATCH /api/v1/reviews/{reviewId}/status`.
struct ReviewModeration: RequestBody {
    let status: Review.Status

    init(fields: inout FieldReader) {
        status = fields.required("status", .choice(Review.Status.approved))
    }
}

extension FieldRule where Self == ListRule<TextRule> {
    /// What speaks for or against a course.
    fileprivate static var points: ListRule<TextRule> { .list(.text(1...200), 0...ReviewDraft.pointLimit) }
}
