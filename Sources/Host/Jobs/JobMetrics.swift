// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import Synchronization

/// Counts what a runner does, by queue and never by tenant.
final class JobMetrics: Sendable {
    /// The upper bounds of the histogram's buckets in seconds; one more takes what waited longer.
    static let bounds: [Double] = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3_600]

    struct Tally: Sendable, Hashable {
        var started = 0
        var done = 0
        var failed = 0
        var dead = 0
        /// Leases that were lost while the job was being done, to another worker or a cancellation.
        var lost = 0
        var waits = Array(repeating: 0, count: JobMetrics.bounds.count + 1)
        var waitedSeconds = 0.0

        fileprivate mutating func start(after seconds: Double) {
            started += 1
            waitedSeconds += seconds
            waits[JobMetrics.bounds.firstIndex { seconds <= $0 } ?? JobMetrics.bounds.count] += 1
        }
    }

    private let tallies = Mutex<[JobQueue: Tally]>([:])
    private let counts = Mutex<[JobCount]>([])

    /// What there was in the database when it was counted last.
    var waiting: [JobCount] {
        get { counts.withLock { $0 } }
        set { counts.withLock { $0 = newValue } }
    }

    func start(_ job: Job, of queue: JobQueue) {
        // Only a first attempt says how long a queue makes jobs wait; a later one waited for its own failure.
        let seconds = job.attempts == 1 ? job.waited.seconds : nil
        tallies.withLock { tallies in
            if let seconds {
                tallies[queue, default: Tally()].start(after: seconds)
            } else {
                tallies[queue, default: Tally()].started += 1
            }
        }
    }

    func count(_ counter: any WritableKeyPath<Tally, Int> & Sendable, of queue: JobQueue) {
        tallies.withLock { $0[queue, default: Tally()][keyPath: counter] += 1 }
    }

    /// What was counted since the process started.
    var all: [JobQueue: Tally] { tallies.withLock { $0 } }
}
