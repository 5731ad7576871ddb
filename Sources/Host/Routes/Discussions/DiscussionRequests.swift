// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// A course whose discussions are meant.
struct DiscussedCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// `/threads/{threadId}`.
struct DiscussionThreadPath: PathParameters {
    let threadId: DiscussionThread.ID

    init(fields: inout FieldReader) {
        threadId = fields.required("threadId", .id())
    }
}

/// `/threads/{threadId}/posts/{postId}`.
struct DiscussionPostPath: PathParameters {
    let threadId: DiscussionThread.ID
    let postId: DiscussionPost.ID

    init(fields: inout FieldReader) {
        threadId = fields.required("threadId", .id())
        postId = fields.required("postId", .id())
    }
}

/// `/courses/{courseId}/discussion-blocks/{userId}`.
struct SuspensionPath: PathParameters {
    let courseId: Course.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        userId = fields.required("userId", .id())
    }
}

/// The query of a course's threads.
struct DiscussionListQuery: QueryParameters {
    let query: DiscussionQuery
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        var query = DiscussionQuery()
        query.kind = fields.optional("kind", .choice(DiscussionThread.Kind.question))
        query.lesson = fields.optional("lessonId", .id(Lesson.self))
        query.tag = fields.optional("tag", .text(1...50, example: "proofs"))
        query.text = fields.optional("q", .text(2...200, example: "second proof"))
        query.onlyFeatured = fields.optional("featured", .flag, default: false)
        query.onlyUnread = fields.optional("unread", .flag, default: false)
        query.order = fields.optional("sort", .choice(DiscussionQuery.Order.activity), default: .activity)
        self.query = query
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// The query of a thread's posts: the first ones, those after a position, or those before one.
struct DiscussionPostQuery: QueryParameters {
    let after: Int?
    let before: Int?
    let limit: PageLimit

    init(fields: inout FieldReader) {
        after = fields.optional("after", .position)
        before = fields.optional("before", .position)
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
    }
}

/// `POST /api/v1/courses/{courseId}/threads`.
struct NewThreadRequest: RequestBody {
    let new: NewDiscussionThread

    init(fields: inout FieldReader) {
        new = NewDiscussionThread(
            fields.optional("kind", .choice(DiscussionThread.Kind.discussion), default: .discussion),
            title: fields.required("title", .threadTitle),
            body: fields.required("body", .post),
            about: fields.optional("lessonId", .id(Lesson.self)),
            tags: fields.optional("tags", .threadTags, default: [])
        )
    }
}

/// `PATCH /api/v1/threads/{threadId}`: what is absent stays.
struct ThreadUpdate: RequestBody {
    let changes: DiscussionThreadChanges

    init(fields: inout FieldReader) {
        var changes = DiscussionThreadChanges()
        changes.title = fields.optional("title", .threadTitle)
        changes.tags = fields.optional("tags", .threadTags)
        changes.isPinned = fields.optional("isPinned", .flag)
        changes.isLocked = fields.optional("isLocked", .flag)
        changes.isFeatured = fields.optional("isFeatured", .flag)
        self.changes = changes
    }
}

/// `POST /api/v1/threads/{threadId}/posts`.
struct NewPostRequest: RequestBody {
    let body: String
    let parent: DiscussionPost.ID?

    init(fields: inout FieldReader) {
        body = fields.required("body", .post)
        parent = fields.optional("parentId", .id(DiscussionPost.self))
    }
}

/// What a post says.
struct PostRequest: RequestBody {
    let body: String

    init(fields: inout FieldReader) {
        body = fields.required("body", .post)
    }
}

/// `PUT /api/v1/threads/{threadId}/answer`.
struct AnswerRequest: RequestBody {
    let post: DiscussionPost.ID

    init(fields: inout FieldReader) {
        post = fields.required("postId", .id())
    }
}

/// `PUT /api/v1/threads/{threadId}/posts/{postId}/hidden`.
struct HidingRequest: RequestBody {
    let reason: String

    init(fields: inout FieldReader) {
        reason = fields.required("reason", .moderationReason)
    }
}

/// `PUT /api/v1/courses/{courseId}/discussion-blocks/{userId}`.
struct SuspensionRequest: RequestBody {
    let days: Int
    let reason: String

    init(fields: inout FieldReader) {
        days = fields.required("days", .integer(1...365))
        reason = fields.required("reason", .moderationReason)
    }
}

extension FieldRule where Self == TextRule {
    fileprivate static var threadTitle: TextRule { .text(1...200, example: "How does the second proof go?") }
    fileprivate static var post: TextRule { .multilineText(1...10_000, example: "By induction.") }
    /// Why a moderator does something.
    static var moderationReason: TextRule { .text(1...500, example: "Gives the solution away") }
}

extension FieldRule where Self == ListRule<TextRule> {
    fileprivate static var threadTags: ListRule<TextRule> {
        .list(.text(1...50, example: "proofs"), 0...DiscussionThread.tagLimit)
    }
}
