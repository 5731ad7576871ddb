// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// What a server has done and holds, for metrics.
public struct HTTPStatistics: Sendable, Hashable {
    /// Connections that are open.
    public let openConnections: Int
    /// Connections accepted since the start.
    public let acceptedConnections: Int
    /// Requests that the server refused by itself.
    public let refusedRequests: Int
    /// How often the process had no descriptor left for a connection.
    public let exhaustions: Int
}

/// The counters behind `HTTPStatistics`; changed per connection, not per request.
final class HTTPCounters: Sendable {
    private let open = Atomic<Int>(0)
    private let accepted = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let exhausted = Atomic<Int>(0)

    func countOpened() {
        accepted.wrappingAdd(1, ordering: .relaxed)
        open.wrappingAdd(1, ordering: .relaxed)
    }

    func countClosed() {
        open.wrappingSubtract(1, ordering: .relaxed)
    }

    func countRefused() {
        refused.wrappingAdd(1, ordering: .relaxed)
    }

    func countExhausted() {
        exhausted.wrappingAdd(1, ordering: .relaxed)
    }

    var snapshot: HTTPStatistics {
        HTTPStatistics(
            openConnections: open.load(ordering: .relaxed),
            acceptedConnections: accepted.load(ordering: .relaxed),
            refusedRequests: refused.load(ordering: .relaxed),
            exhaustions: exhausted.load(ordering: .relaxed)
        )
    }
}
