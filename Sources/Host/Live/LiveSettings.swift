// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How much a process does for those who watch.
struct LiveSettings: Sendable, Hashable {
    /// The most streams and WebSockets of a process.
    var maximum = 10_000
    /// The most of them at one tenant, so that some are left for the others.
    var perTenant = 8_000
    /// The most WebSockets of which nobody said yet who they are.
    var unnamed = 1_000
    /// The most streams of one user in a process, and as many WebSockets.
    var perUser = 5
    /// How long at most until a stream looks by itself, also if no hint reaches it.
    var lookInterval = Duration.seconds(5)
    /// The most that look by themselves within a second; more take longer for their turn.
    var looksPerSecond = 200
    /// The most reads at a time.
    var reads = 16
    /// After how long without anything to send a heartbeat or ping goes out.
    var heartbeat = Duration.seconds(30)
    /// How long a WebSocket may take to say who it is.
    var signInTimeout = Duration.seconds(5)
    /// The most that one WebSocket watches.
    var subscriptions = 20
    /// The most frames that one WebSocket may send within ten seconds.
    var framesPerTenSeconds = 100
}

/// How many there are, and what they did since the start.
struct LiveCounts: Sendable, Hashable {
    var streams = 0
    var sockets = 0
    var opened = 0
    /// Events that were handed to clients.
    var sent = 0
    /// Clients that were cut off, because they read too slowly.
    var dropped = 0
    /// Clients that were turned away, because there were enough of theirs or of all.
    var refused = 0
    /// Reads for those who watch.
    var reads = 0
}

/// What somebody watches by.
enum LiveKind: Sendable, Hashable {
    case stream
    case socket
}
