// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A review.
struct ReviewBody: ResponseBody {
    let review: Review

    init(_ review: Review) {
        self.review = review
    }

    static var example: ReviewBody { ReviewBody(.example(title: "Short and good")) }
    static var variations: [ReviewBody] { [ReviewBody(.example(title: nil))] }

    var etag: ETag { ETag(version: review.version, of: review.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", review.id)
            object.field("courseId", review.course)
            object.field("enrollmentId", review.enrollment)
            object.field("userId", review.user)
            object.field("author", review.author)
            object.field("rating", review.rating)
            object.field("title", review.title)
            object.field("body", review.body)
            object.field("pros", review.pros)
            object.field("cons", review.cons)
            object.field("status", review.status.rawValue)
            object.field("helpfulVotes", review.helpfulVotes)
            object.field("version", review.version)
            object.field("createdAt", review.createdAt)
            object.field("updatedAt", review.updatedAt)
        }
    }
}

/// A page of a course's reviews with the sum of all that are approved.
struct ReviewListBody: ResponseBody {
    let items: [ReviewBody]
    let summary: RatingSummary
    let nextCursor: String?

    init(_ listing: ReviewListing, nextCursor: String?) {
        self.init(items: listing.page.items.map(ReviewBody.init), summary: listing.summary, nextCursor: nextCursor)
    }

    private init(items: [ReviewBody], summary: RatingSummary, nextCursor: String?) {
        self.items = items
        self.summary = summary
        self.nextCursor = nextCursor
    }

    static var example: ReviewListBody {
        let summary = RatingSummary(rating: Course.Rating(count: 4, sum: 18), counts: [0, 0, 0, 2, 2])
        return ReviewListBody(items: [.example], summary: summary, nextCursor: "AYkKXayWd0u8…")
    }
    static var variations: [ReviewListBody] {
        let summary = RatingSummary(rating: Course.Rating(count: 0, sum: 0), counts: [0, 0, 0, 0, 0])
        return [ReviewListBody(items: ReviewBody.variations, summary: summary, nextCursor: nil)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", items)
            object.field(
                "rating",
                object: { rating in
                    rating.field("count", summary.rating.count)
                    rating.field("average", summary.rating.averageInHundredths.map { Double($0) / 100 })
                    rating.field("byStars", summary.counts)
                }
            )
            if let nextCursor { object.field("nextCursor", nextCursor) }
        }
    }
}

extension Review {
    fileprivate static func example(title: String?) -> Review {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return Review(
            id: .example,
            enrollment: .example,
            course: .example,
            user: .example,
            author: "Ada Lovelace",
            draft: ReviewDraft(
                rating: 4,
                title: title,
                body: "Clear and to the point.",
                pros: ["Short lessons"],
                cons: ["Few exercises"]
            ),
            status: .approved,
            helpfulVotes: 2,
            version: 2,
            createdAt: time,
            updatedAt: time
        )
    }
}
