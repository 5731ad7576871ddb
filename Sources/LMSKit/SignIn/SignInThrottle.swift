// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// Counts attempts and says how long the next one must wait; several processes may share one.
protocol AttemptCounting: Sendable {
    /// Counts an attempt for each subject unless one of them must wait.
    ///
    /// Counted before it is made, so that attempts at once do not pass for one.
    ///
    /// - Parameters:
    ///   - subjects: What is counted.
    ///   - now: The time.
    /// - Returns: How many seconds to wait; 0 if the attempt counts.
    func attempt(_ subjects: [ThrottleSubject], now: Date) async -> TimeInterval

    /// Forgets what a good attempt shows to be no guessing.
    func succeed(_ subjects: [ThrottleSubject]) async
}

/// What attempts are counted for.
struct ThrottleSubject: Sendable, Hashable {
    /// The kinds of subjects.
    enum Kind: Sendable, Hashable {
        /// An account as seen from one address.
        case accountFromAddress
        /// An account as seen from everywhere.
        case account
        /// An account as seen from one device that its user asked to be remembered on.
        case device
        /// An address, whatever the account; behind one may be a school.
        case address
    }

    let kind: Kind
    let tenant: TenantID
    let name: String

    /// How many attempts are free.
    var allowance: Int {
        switch kind {
        case .accountFromAddress, .device: 5
        case .account: 10
        case .address: 50
        }
    }

    /// Nobody waits longer, in seconds.
    ///
    /// For an account as a whole it is short: whoever guesses decides when the owner must wait, too.
    var longestWait: TimeInterval {
        switch kind {
        case .account: 16
        case .accountFromAddress, .device, .address: ThrottleSubject.memory
        }
    }

    /// Attempts that are as long ago as this are forgotten, in seconds.
    static let memory: TimeInterval = 900
}

/// Slows down who guesses passwords without locking anybody out.
///
/// Attempts are counted for an account as seen from one address, for the account as seen from everywhere, so that a
/// thousand addresses guess no faster than one, and for an address as a whole, so that one password is not tried on
/// every account. After a few free attempts each one must wait twice as long as the one before. Whoever comes from a
/// device that the user is remembered on is counted for that device alone: guesses from elsewhere do not keep them out.
struct SignInThrottle: Sendable {
    private let counts: any AttemptCounting

    init(_ counts: any AttemptCounting = AttemptCounts()) {
        self.counts = counts
    }

    /// Counts an attempt before it is made; `device` is the remembered device of the account that it comes from, if any.
    func attempt(
        _ account: String,
        at tenant: TenantID,
        from address: String,
        device: String? = nil,
        now: Date
    ) async throws(SignInError) {
        let wait = await counts.attempt(subjects(account, tenant, address, device), now: now)
        if wait > 0 { throw .throttled(seconds: Int(wait.rounded(.up))) }
    }

    /// Forgets an account's attempts from where a good one came, which also does not count for the address and the account.
    func succeed(_ account: String, at tenant: TenantID, from address: String, device: String? = nil) async {
        await counts.succeed(subjects(account, tenant, address, device))
    }

    private func subjects(
        _ account: String,
        _ tenant: TenantID,
        _ address: String,
        _ device: String?
    ) -> [ThrottleSubject] {
        if let device { return [ThrottleSubject(kind: .device, tenant: tenant, name: device)] }
        return [
            ThrottleSubject(kind: .accountFromAddress, tenant: tenant, name: "\(address) \(account)"),
            ThrottleSubject(kind: .account, tenant: tenant, name: account),
            ThrottleSubject(kind: .address, tenant: tenant, name: address),
        ]
    }
}

/// The counts of this process: of several, an attacker gets as many attempts at each.
///
/// They take no more memory than so many subjects do. When there is no more room, who tried least makes room: names that
/// are tried once cannot push out an account that is being guessed.
final class AttemptCounts: AttemptCounting {
    private let counts = Mutex<[ThrottleSubject: Count]>([:])
    private let capacity: Int

    private struct Count {
        var attempts = 0
        var last: Date
        var nextAt: Date
    }

    init(capacity: Int = 50_000) {
        self.capacity = capacity
    }

    /// How many subjects are known.
    var size: Int { counts.withLock { $0.count } }

    func attempt(_ subjects: [ThrottleSubject], now: Date) -> TimeInterval {
        counts.withLock { counts in
            let wait = subjects.map { AttemptCounts.wait(counts[$0], now: now) }.max() ?? 0
            guard wait <= 0 else { return wait }
            if counts.count + subjects.count > capacity { AttemptCounts.prune(&counts, now: now, capacity: capacity) }
            for subject in subjects { AttemptCounts.add(subject, &counts, now: now) }
            return 0
        }
    }

    func succeed(_ subjects: [ThrottleSubject]) {
        counts.withLock { counts in
            for subject in subjects {
                switch subject.kind {
                case .accountFromAddress, .device: counts[subject] = nil
                case .account, .address:
                    if let count = counts[subject] { counts[subject]?.attempts = max(0, count.attempts - 1) }
                }
            }
        }
    }

    private static func wait(_ count: Count?, now: Date) -> TimeInterval {
        guard let count, now.timeIntervalSince(count.last) < ThrottleSubject.memory else { return 0 }
        return count.nextAt.timeIntervalSince(now)
    }

    private static func add(_ subject: ThrottleSubject, _ counts: inout [ThrottleSubject: Count], now: Date) {
        var count = counts[subject] ?? Count(last: now, nextAt: now)
        if now.timeIntervalSince(count.last) >= ThrottleSubject.memory { count = Count(last: now, nextAt: now) }
        count.attempts += 1
        count.last = now
        let excess = count.attempts - subject.allowance
        let wait = excess < 0 ? 0 : min(subject.longestWait, Double(1 << min(excess, 10)))
        count.nextAt = now.addingTimeInterval(wait)
        counts[subject] = count
    }

    private static func prune(_ counts: inout [ThrottleSubject: Count], now: Date, capacity: Int) {
        counts = counts.filter { now.timeIntervalSince($0.value.last) < ThrottleSubject.memory }
        guard counts.count > capacity / 2 else { return }
        let least = counts.sorted { ($0.value.attempts, $0.value.last) < ($1.value.attempts, $1.value.last) }
        for (subject, _) in least.prefix(counts.count - capacity / 2) { counts[subject] = nil }
    }
}
