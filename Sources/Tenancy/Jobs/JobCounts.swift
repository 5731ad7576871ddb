// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// How many jobs of a queue are in a state.
public struct JobCount: Sendable, Hashable {
    /// The queue.
    public let queue: JobQueue
    /// The state: `ready`, `scheduled`, `running` or `dead`.
    public let state: String
    /// How many; at most 100,000 of all queues are counted.
    public let count: Int
}

extension Jobs {
    /// Counts what waits, runs and was given up.
    ///
    /// - Returns: The numbers that are not 0.
    /// - Throws: `DatabaseError`.
    public func counts() async throws(DatabaseError) -> [JobCount] {
        var counts: [JobCount] = []
        for row in try await cell.read([.countJobs(limit: 100_000)], scope: .cell)[0] {
            let queue: String = try row["queue"]
            // A queue of a later version.
            guard let queue = JobQueue(rawValue: queue) else { continue }
            counts.append(JobCount(queue: queue, state: try row["state"], count: try row["count"]))
        }
        return counts
    }
}

extension SQL {
    /// A queue of a million is not counted to the end.
    fileprivate static func countJobs(limit: Int) -> SQL {
        """
        SELECT queue, state, count(*) AS count FROM (
            (SELECT queue, state FROM jobs WHERE state = 'ready' LIMIT \(limit))
            UNION ALL
            (SELECT queue, state FROM jobs WHERE state IN ('scheduled', 'running') LIMIT \(limit))
            UNION ALL
            (SELECT queue, state FROM jobs WHERE ended_at IS NOT NULL AND state = 'dead' LIMIT \(limit))
        ) counted
        GROUP BY queue, state
        """
    }
}
