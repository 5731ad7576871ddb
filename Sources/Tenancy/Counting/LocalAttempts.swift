// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
internal import Synchronization

/// The counts of this process: of several, an attacker gets as many attempts at each.
///
/// They take no more memory than so many subjects do. When there is no more room, who tried least makes room: names that
/// are tried once cannot push out an account that is being guessed.
public final class LocalAttempts: AttemptLedger {
    private let counts = Mutex<[AttemptSubject: Count]>([:])
    private let capacity: Int

    private struct Count {
        var attempts = 0
        var last: Date
        var nextAt: Date
    }

    /// Makes one.
    ///
    /// - Parameter capacity: How many subjects are known.
    public init(capacity: Int = 50_000) {
        self.capacity = capacity
    }

    /// How many subjects are known.
    package var size: Int { counts.withLock { $0.count } }

    /// Counts an attempt for each subject unless one of them must wait.
    public func attempt(_ subjects: [AttemptSubject], now: Date) -> TimeInterval? {
        counts.withLock { counts in
            let wait = subjects.map { LocalAttempts.wait(counts[$0], now: now) }.max() ?? 0
            guard wait <= 0 else { return wait }
            if counts.count + subjects.count > capacity { LocalAttempts.prune(&counts, now: now, capacity: capacity) }
            for subject in subjects { LocalAttempts.add(subject, &counts, now: now) }
            return 0
        }
    }

    /// Forgets what a good attempt shows to be no guessing.
    public func succeed(_ subjects: [AttemptSubject]) {
        counts.withLock { counts in
            for subject in subjects {
                switch subject.success {
                case .forgetsAll: counts[subject] = nil
                case .takesBackOne:
                    if let count = counts[subject] { counts[subject]?.attempts = max(0, count.attempts - 1) }
                }
            }
        }
    }

    private static func wait(_ count: Count?, now: Date) -> TimeInterval {
        guard let count, now.timeIntervalSince(count.last) < AttemptSubject.memory else { return 0 }
        return count.nextAt.timeIntervalSince(now)
    }

    private static func add(_ subject: AttemptSubject, _ counts: inout [AttemptSubject: Count], now: Date) {
        var count = counts[subject] ?? Count(last: now, nextAt: now)
        if now.timeIntervalSince(count.last) >= AttemptSubject.memory { count = Count(last: now, nextAt: now) }
        count.attempts += 1
        count.last = now
        count.nextAt = now.addingTimeInterval(subject.wait(after: count.attempts))
        counts[subject] = count
    }

    private static func prune(_ counts: inout [AttemptSubject: Count], now: Date, capacity: Int) {
        counts = counts.filter { now.timeIntervalSince($0.value.last) < AttemptSubject.memory }
        guard counts.count > capacity / 2 else { return }
        let least = counts.sorted { ($0.value.attempts, $0.value.last) < ($1.value.attempts, $1.value.last) }
        for (subject, _) in least.prefix(counts.count - capacity / 2) { counts[subject] = nil }
    }
}
