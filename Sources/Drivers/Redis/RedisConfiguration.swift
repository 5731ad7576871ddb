// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How a process speaks to a Redis.
public struct RedisConfiguration: Sendable {
    /// Where it is; of a cluster, any of its nodes.
    public var address: RedisAddress
    /// A PEM file with the authorities that are trusted for TLS; `nil` for the system's.
    public var certificateFile: String?
    /// What connections are called in `CLIENT LIST`: letters, digits and hyphens.
    public var name = "lms"
    /// How long resolving, connecting, TLS and signing in may take together.
    public var connectTimeout: Duration = .seconds(2)
    /// How long a command may wait for its answer.
    ///
    /// One that waits longer ends the connection.
    public var commandTimeout: Duration = .milliseconds(500)
    /// How many commands may wait for their answers on one connection.
    public var pendingLimit = 1_024
    /// How many bytes may wait to be sent on one connection.
    public var unsentLimitInBytes = 8 * 1024 * 1024
    /// The longest answer that is read.
    public var replyLimitInBytes = 16 * 1024 * 1024
    /// The shortest and the longest wait between attempts to connect; it doubles in between, give or take a quarter.
    public var retryDelays: ClosedRange<Duration> = .milliseconds(50) ... .seconds(5)
    /// How often the connection that listens shows that it is alive.
    public var pingInterval: Duration = .seconds(5)

    /// Makes a configuration with the usual limits.
    ///
    /// - Parameter address: Where the Redis is.
    public init(address: RedisAddress) {
        self.address = address
    }
}
