// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A thread as who asks sees it.
struct DiscussionThreadBody: ResponseBody {
    let thread: DiscussionThread

    init(_ thread: DiscussionThread) {
        self.thread = thread
    }

    static var example: DiscussionThreadBody { DiscussionThreadBody(.example(isWhole: true)) }
    static var variations: [DiscussionThreadBody] { [DiscussionThreadBody(.example(isWhole: false))] }

    var etag: ETag { ETag(version: thread.version, of: thread.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", thread.id)
            object.field("courseId", thread.course)
            object.field("lessonId", thread.lesson)
            object.field("kind", thread.kind.rawValue)
            object.field("title", thread.title)
            object.field("tags", thread.tags)
            object.field("authorId", thread.author)
            object.field("authorName", thread.authorName)
            object.field("isPinned", thread.isPinned)
            object.field("isLocked", thread.isLocked)
            object.field("isFeatured", thread.isFeatured)
            object.field("isHidden", thread.isHidden)
            object.field("acceptedPostId", thread.acceptedPost)
            object.field("votes", thread.votes)
            object.field("lastPosition", thread.lastPosition)
            object.field("readPosition", thread.readPosition)
            object.field("unread", thread.unread)
            object.field("isSubscribed", thread.isSubscribed)
            object.field("version", thread.version)
            object.field("createdAt", thread.createdAt)
            object.field("lastActivityAt", thread.lastActivityAt)
        }
    }
}

/// A post as who asks sees it.
struct DiscussionPostBody: ResponseBody {
    let post: DiscussionPost

    init(_ post: DiscussionPost) {
        self.post = post
    }

    static var example: DiscussionPostBody { DiscussionPostBody(.example(isWhole: true)) }
    static var variations: [DiscussionPostBody] { [DiscussionPostBody(.example(isWhole: false))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", post.id)
            object.field("threadId", post.thread)
            object.field("position", post.position)
            object.field("parentId", post.parent)
            object.field("authorId", post.author)
            object.field("authorName", post.authorName)
            object.field("status", post.status.rawValue)
            object.field("body", post.body)
            object.field("votes", post.votes)
            object.field("isVoted", post.isVoted)
            object.field("mentions", post.mentions.map(MentionBody.init))
            object.field("hiddenReason", post.hiddenReason)
            object.field("createdAt", post.createdAt)
            object.field("editedAt", post.editedAt)
        }
    }
}

private struct MentionBody: JSONWritable {
    let mention: DiscussionPost.Mention

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", mention.user)
            object.field("displayName", mention.displayName)
        }
    }
}

/// Posts in the order of their positions.
struct DiscussionPostPageBody: ResponseBody {
    let page: DiscussionPostPage

    static var example: DiscussionPostPageBody {
        DiscussionPostPageBody(page: DiscussionPostPage(items: [.example(isWhole: true)], lastPosition: 5))
    }
    static var variations: [DiscussionPostPageBody] {
        [DiscussionPostPageBody(page: DiscussionPostPage(items: [.example(isWhole: false)], lastPosition: 5))]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", page.items.map(DiscussionPostBody.init))
            object.field("lastPosition", page.lastPosition)
        }
    }
}

/// What a post said before.
struct DiscussionVersionsBody: ResponseBody {
    let versions: [DiscussionPostVersion]

    static var example: DiscussionVersionsBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return DiscussionVersionsBody(versions: [DiscussionPostVersion(body: "Is it 42?", replacedAt: time)])
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", versions.map(VersionBody.init)) }
    }
}

private struct VersionBody: JSONWritable {
    let version: DiscussionPostVersion

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("body", version.body)
            object.field("replacedAt", version.replacedAt)
        }
    }
}

/// Who may not write in a course's discussions.
struct DiscussionSuspensionsBody: ResponseBody {
    let suspensions: [DiscussionSuspension]

    static var example: DiscussionSuspensionsBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let suspension = DiscussionSuspension(
            user: .example,
            displayName: "Ada Lovelace",
            reason: "Insults",
            suspendedAt: time,
            endsAt: time.addingTimeInterval(86_400)
        )
        return DiscussionSuspensionsBody(suspensions: [suspension])
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", suspensions.map(SuspensionBody.init)) }
    }
}

struct SuspensionBody: JSONWritable {
    let suspension: DiscussionSuspension

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", suspension.user)
            object.field("displayName", suspension.displayName)
            object.field("reason", suspension.reason)
            object.field("suspendedAt", suspension.suspendedAt)
            object.field("endsAt", suspension.endsAt)
        }
    }
}

extension DiscussionThread {
    fileprivate static func example(isWhole: Bool) -> DiscussionThread {
        DiscussionThread(
            id: .example,
            course: .example,
            lesson: isWhole ? .example : nil,
            kind: .question,
            title: "How does the second proof go?",
            tags: ["proofs"],
            author: isWhole ? .example : nil,
            authorName: isWhole ? "Ada Lovelace" : nil,
            acceptedPost: isWhole ? .example : nil,
            lastPosition: 5,
            createdAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }
}

extension DiscussionPost {
    fileprivate static func example(isWhole: Bool) -> DiscussionPost {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return DiscussionPost(
            id: .example,
            thread: .example,
            position: 2,
            parent: isWhole ? .example : nil,
            author: isWhole ? .example : nil,
            authorName: isWhole ? "Ada Lovelace" : nil,
            status: isWhole ? .edited : .deleted,
            body: isWhole ? "By induction, as @\(Principal.ID.example) said." : "",
            mentions: isWhole ? [Mention(user: .example, displayName: "Ada Lovelace")] : [],
            hiddenReason: isWhole ? "Gives the solution away" : nil,
            createdAt: time,
            editedAt: isWhole ? time : nil
        )
    }
}
