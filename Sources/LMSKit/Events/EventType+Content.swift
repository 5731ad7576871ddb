// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// A file or medium became readable.
    ///
    /// Payload: `contentId`, `courseId`, `contentType`.
    public static let contentPublished = EventType("content.published", .content)
    /// A file or medium got a new version.
    ///
    /// Payload: `contentId`, `courseId`, `contentVersion`.
    public static let contentVersionAdded = EventType("content.version_added", .content)
    /// An upload is complete.
    ///
    /// Payload: `contentId`, `courseId`, `contentType`.
    public static let contentUploadCompleted = EventType("content.upload_completed", .content)
}
