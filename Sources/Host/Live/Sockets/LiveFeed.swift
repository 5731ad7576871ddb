// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// Something that a WebSocket can watch, with the place up to which its client has it.
///
/// A feed belongs to one socket, and is asked by one task at a time.
protocol LiveFeed: AnyObject, Sendable {
    /// What leads every frame of it, such as `notifications` or `conversation:<id>`.
    var topic: String { get }

    /// Says whether the reader may watch it, and where hints come from; sets the place where it begins.
    ///
    /// - Throws: What a route would refuse with.
    func open(_ reader: TenantReader) async throws -> [LiveTopic]

    /// Reads what came after its place, and moves the place.
    ///
    /// - Throws: What a route would refuse with, if the reader may not watch it any more.
    func news(_ reader: TenantReader, _ voice: NotificationVoice) async throws -> LiveNews
}

/// What a feed has to say.
struct LiveNews: Sendable {
    /// Frames to send, as JSON.
    var frames: [[UInt8]] = []
    /// Whether there is more than was read.
    var hasMore = false
}
