// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `GET /api/v1/users/me/export`: everything that is kept of the user who asks.
struct PersonalRecordBody: ResponseBody {
    let exportedAt: Date
    let user: UserBody
    let sessions: [PersonalSessionBody]
    let places: [EnrollmentDetailBody]
    let reviews: [ReviewBody]
    let votes: [PersonalRecord.Vote]
    let taughtCourses: [PersonalRecord.TaughtCourse]
    let imports: [PersonalRecord.Import]
    let apiKeys: [APIKeyBody]
    let impersonations: [ImpersonationBody]
    let messages: [DirectMessageBody]
    let blocks: [UserBlock]
    let posts: [DiscussionPostBody]
    let submissions: [SubmissionBody]
    let peerReviews: [PeerReviewTaskSummaryBody]
    let watches: [WatchedMedium]

    init(_ record: PersonalRecord, at instant: Date) {
        exportedAt = instant
        user = UserBody(record.user)
        sessions = record.sessions.map(PersonalSessionBody.init)
        places = record.places.map { place in
            EnrollmentDetailBody(
                enrollment: EnrollmentBody(place.listing),
                lessons: place.lessons.map(LessonProgressBody.init)
            )
        }
        reviews = record.reviews.map(ReviewBody.init)
        votes = record.votes
        taughtCourses = record.taughtCourses
        imports = record.imports
        apiKeys = record.apiKeys.map { APIKeyBody($0) }
        impersonations = record.impersonations.map(ImpersonationBody.init)
        messages = record.messages.map(DirectMessageBody.init)
        blocks = record.blocks
        posts = record.posts.map(DiscussionPostBody.init)
        submissions = record.submissions.map(SubmissionBody.init)
        peerReviews = record.peerReviews.map(PeerReviewTaskSummaryBody.init)
        watches = record.watches
    }

    private init(user: UserBody, sessions: [PersonalSessionBody]) {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        exportedAt = time
        self.user = user
        self.sessions = sessions
        places = [.example]
        reviews = [.example]
        votes = [PersonalRecord.Vote(review: .example, votedAt: time)]
        taughtCourses = [
            PersonalRecord.TaughtCourse(course: .example, title: "Introduction to Swift", assignedAt: time)
        ]
        imports = [PersonalRecord.Import(id: .example, course: .example, createdAt: time)]
        apiKeys = [.example]
        impersonations = [.example] + ImpersonationBody.variations
        messages = [.example]
        blocks = UserBlocksBody.example.blocks
        posts = [.example]
        submissions = [.example] + SubmissionBody.variations
        peerReviews = [.example] + PeerReviewTaskSummaryBody.variations
        watches = WatchedMediumBody.examples.map(\.watched)
    }

    static var example: PersonalRecordBody { PersonalRecordBody(user: .example, sessions: [.example]) }
    static var variations: [PersonalRecordBody] {
        UserBody.variations.map { PersonalRecordBody(user: $0, sessions: PersonalSessionBody.variations) }
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("exportedAt", exportedAt)
            object.field("profile", user)
            object.field("sessions", sessions)
            object.field("enrollments", places)
            object.field("reviews", reviews)
            object.field("helpfulVotes", votes.map(VoteBody.init))
            object.field("taughtCourses", taughtCourses.map(TaughtCourseBody.init))
            object.field("courseImports", imports.map(ImportBody.init))
            object.field("apiKeys", apiKeys)
            object.field("impersonations", impersonations)
            object.field("directMessages", messages)
            object.field("blockedUsers", blocks.map(UserBlockBody.init))
            object.field("discussionPosts", posts)
            object.field("submissions", submissions)
            object.field("peerReviews", peerReviews)
            object.field("watchedMedia", watches.map(WatchedMediumBody.init))
        }
    }
}

/// One of my sign-ins.
struct PersonalSessionBody: ResponseBody {
    let session: PersonalRecord.Session

    init(_ session: PersonalRecord.Session) {
        self.session = session
    }

    static var example: PersonalSessionBody { PersonalSessionBody(session(end: .signedOut)) }
    static var variations: [PersonalSessionBody] { [PersonalSessionBody(session(end: nil))] }

    private static func session(end: SignInSession.End?) -> PersonalRecord.Session {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return PersonalRecord.Session(
            id: .example,
            startedAt: time,
            expiresAt: time,
            endedAt: end == nil ? nil : time,
            end: end
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", session.id)
            object.field("startedAt", session.startedAt)
            object.field("expiresAt", session.expiresAt)
            object.field("endedAt", session.endedAt)
            object.field("endedBecause", session.end?.rawValue)
        }
    }
}

private struct VoteBody: JSONWritable {
    let vote: PersonalRecord.Vote

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("reviewId", vote.review)
            object.field("votedAt", vote.votedAt)
        }
    }
}

private struct TaughtCourseBody: JSONWritable {
    let taught: PersonalRecord.TaughtCourse

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", taught.course)
            object.field("title", taught.title)
            object.field("assignedAt", taught.assignedAt)
        }
    }
}

private struct ImportBody: JSONWritable {
    let made: PersonalRecord.Import

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", made.id)
            object.field("courseId", made.course)
            object.field("createdAt", made.createdAt)
        }
    }
}
