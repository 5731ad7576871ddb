// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Counters and histograms of requests, by route.
struct RequestCounts: Sendable {
    /// The upper bounds of the histogram's buckets in nanoseconds; one more takes what is slower.
    static let bounds: [UInt64] = [
        250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]
    /// By route and hundred of the status; the last route is "none".
    private(set) var statuses: [UInt64]
    /// By route and bucket.
    private(set) var buckets: [UInt64]
    /// By route, in nanoseconds.
    private(set) var durations: [UInt64]
    /// Calls that a limit refused.
    private(set) var refusals: [RateRefusal: UInt64] = [:]
    private let routes: Int

    init(routes: Int) {
        self.routes = routes
        statuses = Array(repeating: 0, count: (routes + 1) * 6)
        buckets = Array(repeating: 0, count: (routes + 1) * (RequestCounts.bounds.count + 1))
        durations = Array(repeating: 0, count: routes + 1)
    }

    mutating func count(route: Int, status: UInt16, duration: UInt64) {
        let row = route < 0 ? routes : route
        statuses[row * 6 + min(Int(status) / 100, 5)] += 1
        var bucket = 0
        while bucket < RequestCounts.bounds.count, duration > RequestCounts.bounds[bucket] { bucket += 1 }
        buckets[row * (RequestCounts.bounds.count + 1) + bucket] += 1
        durations[row] += duration
    }

    mutating func count(_ refusal: RateRefusal) {
        refusals[refusal, default: 0] += 1
    }

    mutating func add(_ other: RequestCounts) {
        for index in statuses.indices { statuses[index] += other.statuses[index] }
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        for index in durations.indices { durations[index] += other.durations[index] }
        refusals.merge(other.refusals, uniquingKeysWith: +)
    }
}
