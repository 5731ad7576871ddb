// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How one database is used by this process.
public struct PostgresConfiguration: Sendable {
    /// Where the database is.
    public var address: PostgresAddress
    /// The login of a membership shard; `nil` for the user of the address.
    ///
    /// The directory and the cell's shared tables are used as the login of shard 0.
    public var login: @Sendable (_ shard: Int) -> PostgresLogin?
    /// What `pg_stat_activity` shows.
    public var applicationName = "lms"
    /// How many connections the process has at most, over all loops and shards.
    public var connectionLimit = 20
    /// How many connections for pipelined reads each loop has per shard, if the limit allows.
    ///
    /// A tenant uses one of them, and the next as well while that is at a slow read.
    public var sharedConnectionsPerLoop = 4
    /// How many of its ring successors a tenant may use besides its own connection while that is busy: bounds what one
    /// tenant can occupy.
    public var successors = 3
    /// How many reads may be under way on one shared connection before others go to its successor or wait.
    public var pipelineLimit = 256
    /// How long a call waits for a connection before it fails as unavailable.
    public var deadline: Duration = .seconds(5)
    /// How many calls may wait per loop and shard; one more fails at once.
    public var waitingLimit = 2_048
    /// How long one read may run on the server.
    public var readTimeout: Duration = .seconds(5)
    /// How long one statement of a write or a transaction may run on the server.
    public var statementTimeout: Duration = .seconds(30)
    /// How long a transaction may wait for its next statement before the server ends its connection.
    public var idleTransactionTimeout: Duration = .seconds(60)
    /// How long connecting may take, in whole seconds.
    public var connectTimeoutInSeconds = 5
    /// How many prepared statements a connection keeps; a generic plan costs up to 64 KB of the server's memory.
    public var preparedStatementLimit = 1_000
    /// After how many tenants a connection is replaced, give or take a fifth: a backend never forgets a tenant's catalog.
    public var tenantsPerConnection = 500
    /// After what time a connection is replaced, give or take a fifth.
    public var maximumAge: Duration = .seconds(3_600)
    /// After what time without use an exclusive connection is closed.
    public var idleTimeout: Duration = .seconds(300)

    /// Describes a database with the default limits.
    ///
    /// - Parameters:
    ///   - address: Where the database is.
    ///   - login: The login of a membership shard; `nil` for the user of the address.
    public init(
        address: PostgresAddress,
        login: @escaping @Sendable (_ shard: Int) -> PostgresLogin? = { _ in nil }
    ) {
        self.address = address
        self.login = login
    }
}
