// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Counters and histograms of requests, by route and, for a few, by tenant.
struct RequestCounts: Sendable {
    /// The upper bounds of the histogram's buckets in nanoseconds; one more takes what is slower.
    static let bounds: [UInt64] = [
        250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]
    /// A tenant beyond this many is not counted by itself.
    static let tenantLimit = 10_000

    /// By route and hundred of the status; the last route is "none".
    private(set) var statuses: [UInt64]
    /// By route and bucket.
    private(set) var buckets: [UInt64]
    /// By route, in nanoseconds.
    private(set) var durations: [UInt64]
    /// By tenant: requests, and those that failed on our side.
    private(set) var tenants: [TenantID: Tally] = [:]
    private let routes: Int

    struct Tally: Sendable {
        var requests: UInt64 = 0
        var failures: UInt64 = 0
    }

    init(routes: Int) {
        self.routes = routes
        statuses = Array(repeating: 0, count: (routes + 1) * 6)
        buckets = Array(repeating: 0, count: (routes + 1) * (RequestCounts.bounds.count + 1))
        durations = Array(repeating: 0, count: routes + 1)
    }

    mutating func count(_ request: RequestRecord) {
        let row = request.route < 0 ? routes : request.route
        statuses[row * 6 + min(Int(request.status) / 100, 5)] += 1
        var bucket = 0
        while bucket < RequestCounts.bounds.count, request.duration > RequestCounts.bounds[bucket] { bucket += 1 }
        buckets[row * (RequestCounts.bounds.count + 1) + bucket] += 1
        durations[row] += request.duration
        guard let tenant = request.tenant else { return }
        if tenants.count < RequestCounts.tenantLimit || tenants[tenant] != nil {
            tenants[tenant, default: Tally()].add(request.status)
        }
    }

    mutating func add(_ other: RequestCounts) {
        for index in statuses.indices { statuses[index] += other.statuses[index] }
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        for index in durations.indices { durations[index] += other.durations[index] }
        for (tenant, tally) in other.tenants {
            tenants[tenant, default: Tally()].requests += tally.requests
            tenants[tenant, default: Tally()].failures += tally.failures
        }
    }
}

extension RequestCounts.Tally {
    fileprivate mutating func add(_ status: UInt16) {
        requests += 1
        if status >= 500 { failures += 1 }
    }
}
