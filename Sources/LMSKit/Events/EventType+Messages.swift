// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// A message was written in a conversation, which is the aggregate: `messageId`, `position`.
    public static let messageSent = EventType("message.sent", .messages)
    /// A thread was opened in a course, and is the aggregate: `courseId`, `kind`, `postId` of its first post.
    public static let threadCreated = EventType("thread.created", .messages)
    /// Somebody wrote in a thread, which is the aggregate: `courseId`, `postId`, `position`, and `parentId` of what they answered.
    public static let postCreated = EventType("post.created", .messages)
    /// A post of a thread, which is the aggregate, named somebody who may read it: `courseId`, `postId`, `userId`.
    public static let mentionCreated = EventType("mention.created", .messages)
    /// A post was accepted as the answer to a thread, which is the aggregate: `courseId`, `postId`.
    public static let answerAccepted = EventType("answer.accepted", .messages)
}
