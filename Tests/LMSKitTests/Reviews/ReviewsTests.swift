// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct ReviewsTests {
    private let draft = ReviewDraft(
        rating: 4,
        title: "Good",
        body: "Clear and to the point.",
        pros: ["short"],
        cons: []
    )

    /// Enrolls somebody and completes a lesson of four.
    private func begin(_ principal: Principal, _ outline: CourseOutline, in world: CourseWorld) async throws
        -> Enrollment
    {
        let enrollment = try await world.enroll(principal, in: outline.course.id)
        let report = LessonReport(on: outline.lessons[0].id, outcome: .completed)
        return try await world.record(report, on: enrollment.id, as: principal).enrollment
    }

    private func write(
        _ draft: ReviewDraft,
        as principal: Principal,
        from enrollment: Enrollment.ID,
        in world: CourseWorld
    ) async throws -> Review {
        try await world.tenant.transaction(as: principal) { session in
            try await world.lms.reviews.write(draft, from: enrollment, session: session)
        }
    }

    private func moderate(
        _ review: Review,
        as status: Review.Status,
        by principal: Principal,
        in world: CourseWorld
    ) async throws {
        try await world.tenant.transaction(as: principal) { session in
            _ = try await world.lms.reviews.moderate(review.id, as: status, session: session)
        }
    }

    private func rating(of course: Course.ID, in world: CourseWorld) async throws -> Course.Rating {
        try await world.lms.courses.fetch(course, reader: world.tenant.reader()).rating
    }

    @Test func `a review waits for a moderator before anybody sees it or it counts`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [4])
            let course = outline.course.id
            let enrollment = try await begin(world.learner, outline, in: world)
            let review = try await write(draft, as: world.learner, from: enrollment.id, in: world)
            #expect(review.status == .pending)
            #expect(review.author == "learner")
            #expect(try await rating(of: course, in: world) == Course.Rating(count: 0, sum: 0))
            let anonymous = world.tenant.reader(as: .anonymous)
            await #expect(throws: ReviewError.notFound) {
                _ = try await world.lms.reviews.fetch(review.id, reader: anonymous)
            }
            await #expect(throws: ReviewError.forbidden) {
                _ = try await world.lms.reviews.list(of: course, status: .pending, reader: anonymous)
            }
            await #expect(throws: ReviewError.forbidden) {
                try await moderate(review, as: .approved, by: world.learner, in: world)
            }
            await #expect(throws: ReviewError.notFound) {
                try await moderate(review, as: .approved, by: world.stranger, in: world)
            }
            try await moderate(review, as: .approved, by: world.teacher, in: world)
            let listing = try await world.lms.reviews.list(of: course, reader: anonymous)
            #expect(listing.page.items.map(\.id) == [review.id])
            #expect(listing.summary.counts == [0, 0, 0, 1, 0])
            #expect(try await rating(of: course, in: world) == Course.Rating(count: 1, sum: 4))
            try await moderate(review, as: .hidden, by: world.teacher, in: world)
            #expect(try await rating(of: course, in: world) == Course.Rating(count: 0, sum: 0))
        }
    }

    @Test func `one enrollment writes one review, also when asked at once`() async throws {
        try await CourseWorld.with { world in
            let enrollment = try await begin(world.learner, try await world.course(modules: [4]), in: world)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do {
                            _ = try await write(draft, as: world.learner, from: enrollment.id, in: world)
                            return "written"
                        } catch ReviewError.alreadyReviewed {
                            return "already"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["written": 1, "already": 4])
        }
    }

    @Test func `a course that was hardly begun is not reviewed, nor another's place`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [6])
            let early = try await begin(world.learner, outline, in: world)
            await #expect(throws: ReviewError.tooEarly(needed: Percentage(completed: 1, of: 5))) {
                _ = try await write(draft, as: world.learner, from: early.id, in: world)
            }
            for principal in [world.teacher, world.admin, .anonymous] {
                await #expect(throws: ReviewError.enrollmentNotFound) {
                    _ = try await write(draft, as: principal, from: early.id, in: world)
                }
            }
        }
    }

    @Test(arguments: [0, 6, -1])
    func `stars are one to five`(rating: Int) async throws {
        try await CourseWorld.with { world in
            let enrollment = try await begin(world.learner, try await world.course(modules: [4]), in: world)
            let draft = ReviewDraft(rating: rating, body: draft.body)
            await #expect(throws: ReviewError.invalid(constraint: "course_reviews_rating_ck")) {
                _ = try await write(draft, as: world.learner, from: enrollment.id, in: world)
            }
        }
    }

    @Test(arguments: [("too short", false), ("ten signs.", true), (String(repeating: "é", count: 2001), false)])
    func `a text has 10 to 2000 characters`(body: String, isGood: Bool) async throws {
        try await CourseWorld.with { world in
            let enrollment = try await begin(world.learner, try await world.course(modules: [4]), in: world)
            let draft = ReviewDraft(rating: 1, body: body)
            if isGood {
                _ = try await write(draft, as: world.learner, from: enrollment.id, in: world)
            } else {
                await #expect(throws: ReviewError.invalid(constraint: "course_reviews_body_ck")) {
                    _ = try await write(draft, as: world.learner, from: enrollment.id, in: world)
                }
            }
        }
    }

    @Test func `a changed review waits again and counts no more`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [4])
            let enrollment = try await begin(world.learner, outline, in: world)
            let review = try await write(draft, as: world.learner, from: enrollment.id, in: world)
            try await moderate(review, as: .approved, by: world.admin, in: world)
            await #expect(throws: ReviewError.forbidden) {
                try await world.tenant.transaction(as: world.teacher) { session in
                    _ = try await world.lms.reviews.update(review.id, draft, session: session)
                }
            }
            await #expect(throws: ReviewError.versionMismatch(current: 2)) {
                try await world.tenant.transaction(as: world.learner) { session in
                    _ = try await world.lms.reviews.update(review.id, draft, expecting: 1, session: session)
                }
            }
            let changed = try await world.tenant.transaction(as: world.learner) { session in
                try await world.lms.reviews.update(review.id, draft, expecting: 2, session: session)
            }
            #expect(changed.status == .pending)
            #expect(try await rating(of: outline.course.id, in: world).count == 0)
        }
    }

    @Test func `ratings stay exact when reviews are approved at once`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [4])
            var reviews: [Review] = []
            for (number, learner) in try await world.learners(6).enumerated() {
                let enrollment = try await begin(learner, outline, in: world)
                var draft = draft
                draft.rating = number % 5 + 1
                reviews.append(try await write(draft, as: learner, from: enrollment.id, in: world))
            }
            try await withThrowingTaskGroup(of: Void.self) { [reviews] group in
                for review in reviews {
                    group.addTask { try await moderate(review, as: .approved, by: world.admin, in: world) }
                }
                try await group.waitForAll()
            }
            let all = try await rating(of: outline.course.id, in: world)
            #expect(all == Course.Rating(count: 6, sum: 16))
            #expect(all.averageInHundredths == 267)
            try await world.tenant.transaction(as: world.admin) { session in
                try await world.lms.reviews.delete(reviews[0].id, session: session)
            }
            #expect(try await rating(of: outline.course.id, in: world) == Course.Rating(count: 5, sum: 15))
        }
    }

    @Test func `who reviewed two versions of a course is counted once, by the later one`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [4])
            let other = try await world.learners(1)[0]
            func review(_ outline: CourseOutline, as principal: Principal, stars: Int) async throws {
                let place = try await begin(principal, outline, in: world)
                var draft = draft
                draft.rating = stars
                let review = try await write(draft, as: principal, from: place.id, in: world)
                try await moderate(review, as: .approved, by: world.teacher, in: world)
            }
            try await review(old, as: world.learner, stars: 4)
            try await review(old, as: other, stars: 5)
            let next = try await world.next(after: old.course.id)
            try await world.publish(next.id)
            #expect(try await rating(of: next.id, in: world) == Course.Rating(count: 2, sum: 9))
            let staff = world.tenant.reader(as: world.teacher)
            try await review(
                try await world.lms.courses.outline(of: .id(next.id), reader: staff),
                as: world.learner,
                stars: 2
            )
            #expect(try await rating(of: next.id, in: world) == Course.Rating(count: 2, sum: 7))
            #expect(try await rating(of: old.course.id, in: world) == Course.Rating(count: 2, sum: 9))
            let third = try await world.next(after: next.id)
            try await world.publish(third.id)
            #expect(try await rating(of: third.id, in: world) == Course.Rating(count: 2, sum: 7))
            try await world.tenant.transaction(as: world.admin) { session in
                _ = try await world.lms.users.erase(try #require(world.learner.user), session: session)
            }
            for course in [old.course.id, next.id, third.id] {
                #expect(try await rating(of: course, in: world) == Course.Rating(count: 1, sum: 5))
            }
        }
    }

    @Test func `no rating is lost when reviews of two versions are approved at once`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [4])
            let learners = try await world.learners(8)
            var reviews: [Review] = []
            for learner in learners.prefix(4) {
                let place = try await begin(learner, old, in: world)
                reviews.append(try await write(draft, as: learner, from: place.id, in: world))
            }
            let next = try await world.next(after: old.course.id).id
            try await world.publish(next)
            let staff = world.tenant.reader(as: world.teacher)
            let outline = try await world.lms.courses.outline(of: .id(next), reader: staff)
            for learner in learners.suffix(4) {
                let place = try await begin(learner, outline, in: world)
                reviews.append(try await write(draft, as: learner, from: place.id, in: world))
            }
            try await withThrowingTaskGroup(of: Void.self) { [reviews] group in
                for review in reviews {
                    group.addTask { try await moderate(review, as: .approved, by: world.admin, in: world) }
                }
                try await group.waitForAll()
            }
            #expect(try await rating(of: old.course.id, in: world) == Course.Rating(count: 4, sum: 16))
            #expect(try await rating(of: next, in: world) == Course.Rating(count: 8, sum: 32))
        }
    }

    @Test func `each user finds a review helpful once, and nobody their own`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [4])
            let voter = try await world.learners(1)[0]
            let review = try await write(
                draft,
                as: world.learner,
                from: try await begin(world.learner, outline, in: world).id,
                in: world
            )
            @Sendable func vote(_ vote: Reviews.Vote, as principal: Principal) async throws -> Int {
                try await world.tenant.transaction(as: principal) { session in
                    try await world.lms.reviews.vote(vote, for: review.id, session: session).helpfulVotes
                }
            }
            await #expect(throws: ReviewError.notFound) { _ = try await vote(.helpful, as: voter) }
            try await moderate(review, as: .approved, by: world.teacher, in: world)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { _ = try await vote(.helpful, as: voter) } }
                try await group.waitForAll()
            }
            #expect(try await vote(.helpful, as: world.stranger) == 2)
            #expect(try await vote(.none, as: voter) == 1)
            #expect(try await vote(.none, as: voter) == 1)
            await #expect(throws: ReviewError.ownReview) { _ = try await vote(.helpful, as: world.learner) }
            await #expect(throws: ReviewError.forbidden) { _ = try await vote(.helpful, as: .anonymous) }
            let helpful = try await world.lms.reviews.list(
                of: outline.course.id,
                order: .helpful,
                reader: world.tenant.reader(as: .anonymous)
            )
            #expect(helpful.page.items.map(\.helpfulVotes) == [1])
        }
    }
}
