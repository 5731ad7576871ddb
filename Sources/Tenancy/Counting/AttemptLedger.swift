// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Counts attempts at a secret and says how long the next one must wait.
///
/// After a few free attempts each one must wait twice as long as the one before.
public protocol AttemptLedger: Sendable {
    /// Counts an attempt for each subject unless one of them must wait.
    ///
    /// Counted before it is made, so that attempts at once do not pass for one.
    ///
    /// - Parameters:
    ///   - subjects: What is counted; all of one tenant.
    ///   - now: The time.
    /// - Returns: How many seconds to wait, 0 if the attempt counts; `nil` if nobody knows now.
    func attempt(_ subjects: [AttemptSubject], now: Date) async -> TimeInterval?

    /// Forgets what a good attempt shows to be no guessing.
    ///
    /// - Parameter subjects: What was counted.
    func succeed(_ subjects: [AttemptSubject]) async
}

/// What attempts are counted for.
public struct AttemptSubject: Sendable, Hashable {
    /// Whose account or address it is.
    public let tenant: TenantID
    /// What kind it is, and which one.
    public let name: String
    /// How many attempts are free.
    public let allowance: Int
    /// Nobody waits longer, in seconds.
    public let longestWait: TimeInterval
    /// What a good attempt shows.
    public let success: Success

    /// What a good attempt shows of those before it.
    public enum Success: Sendable, Hashable {
        /// That they were the same person's.
        case forgetsAll
        /// Nothing but that itself was no guess.
        case takesBackOne
    }

    /// Describes a subject.
    ///
    /// - Parameters:
    ///   - tenant: Whose account or address it is.
    ///   - name: What kind it is, and which one.
    ///   - allowance: How many attempts are free.
    ///   - longestWait: Nobody waits longer, in seconds.
    ///   - success: What a good attempt shows.
    public init(tenant: TenantID, name: String, allowance: Int, longestWait: TimeInterval, success: Success) {
        self.tenant = tenant
        self.name = name
        self.allowance = allowance
        self.longestWait = longestWait
        self.success = success
    }

    /// Attempts that are as long ago as this are forgotten, in seconds.
    public static let memory: TimeInterval = 900

    /// How long to wait after so many attempts, in seconds.
    package func wait(after attempts: Int) -> TimeInterval {
        let excess = attempts - allowance
        return excess < 0 ? 0 : min(longestWait, Double(1 << min(excess, 10)))
    }
}
