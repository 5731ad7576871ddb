// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Reads what is new for one who watches, after their own place, and sends it.
protocol LiveReader: AnyObject, Sendable {
    /// Reads and sends. One call at a time; a hint that comes meanwhile gives another call.
    ///
    /// - Throws: If it could not be read; it is tried again.
    func look() async throws
}

/// What is watched: something of a tenant's, by its identifier.
struct LiveTopic: Sendable, Hashable {
    let tenant: TenantID
    let id: UUID
}

/// One reader's place in the hub, from when it begins to watch until it ends.
///
/// SAFETY: `state` is touched under the hub's lock only; the rest is constant.
final class LiveWatch: @unchecked Sendable {
    /// Where it is on its way to look again.
    enum State {
        case idle
        case queued
        case looking
        /// A hint came while it was looking.
        case lookingAgain
        case over
    }

    let topics: [LiveTopic]
    let reader: any LiveReader
    let loop: EventLoop
    var state = State.idle

    init(_ topics: [LiveTopic], on loop: EventLoop, reader: any LiveReader) {
        self.topics = topics
        self.loop = loop
        self.reader = reader
    }
}
