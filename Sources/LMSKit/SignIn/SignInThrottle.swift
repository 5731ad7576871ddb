// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// Slows down who guesses passwords without locking anybody out.
///
/// Attempts are counted for an account as seen from one address, so that an attacker elsewhere does not slow its owner
/// down, and
/// for an address as a whole, so that one password is not tried on every account. After a few free attempts each one
/// must wait
/// twice as long as the one before. The counts are this process's: of several, an attacker gets as many attempts at
/// each.
final class SignInThrottle: Sendable {
    private let counts = Mutex<[Subject: Count]>([:])
    private let capacity: Int

    private enum Subject: Hashable {
        case account(TenantID, String, from: String)
        case address(TenantID, String)

        /// How many attempts are free; behind one address may be a school.
        var allowance: Int {
            switch self {
            case .account: 5
            case .address: 50
            }
        }
    }

    private struct Count {
        var attempts = 0
        var last: Date
        var nextAt: Date
    }

    /// Attempts that are as long ago as this are forgotten, and nobody waits longer.
    private static let memory: TimeInterval = 900

    init(capacity: Int = 50_000) {
        self.capacity = capacity
    }

    /// Counts an attempt before it is made, so that attempts at once do not pass for one.
    func attempt(_ account: String, at tenant: TenantID, from address: String, now: Date) throws(SignInError) {
        let subjects: [Subject] = [.address(tenant, address), .account(tenant, account, from: address)]
        let wait: TimeInterval = counts.withLock { counts in
            let wait = subjects.map { SignInThrottle.wait($0, counts[$0], now: now) }.max() ?? 0
            guard wait <= 0 else { return wait }
            if counts.count >= capacity { SignInThrottle.prune(&counts, now: now, capacity: capacity) }
            for subject in subjects { SignInThrottle.add(subject, &counts, now: now) }
            return 0
        }
        if wait > 0 { throw .throttled(seconds: Int(wait.rounded(.up))) }
    }

    /// Forgets an account's attempts from an address after a good one, which also does not count for the address.
    func succeed(_ account: String, at tenant: TenantID, from address: String) {
        counts.withLock { counts in
            counts[.account(tenant, account, from: address)] = nil
            if let count = counts[.address(tenant, address)] {
                counts[.address(tenant, address)]?.attempts = max(0, count.attempts - 1)
            }
        }
    }

    private static func wait(_ subject: Subject, _ count: Count?, now: Date) -> TimeInterval {
        guard let count, now.timeIntervalSince(count.last) < memory else { return 0 }
        return count.nextAt.timeIntervalSince(now)
    }

    private static func add(_ subject: Subject, _ counts: inout [Subject: Count], now: Date) {
        var count = counts[subject] ?? Count(last: now, nextAt: now)
        if now.timeIntervalSince(count.last) >= memory { count = Count(last: now, nextAt: now) }
        count.attempts += 1
        count.last = now
        let excess = count.attempts - subject.allowance
        count.nextAt = excess < 0 ? now : now.addingTimeInterval(min(memory, Double(1 << min(excess, 10))))
        counts[subject] = count
    }

    private static func prune(_ counts: inout [Subject: Count], now: Date, capacity: Int) {
        counts = counts.filter { now.timeIntervalSince($0.value.last) < memory }
        guard counts.count >= capacity else { return }
        // Who must wait stays known before who need not.
        for (subject, count) in counts where count.nextAt <= now { counts[subject] = nil }
        if counts.count >= capacity { counts.removeAll() }
    }
}
