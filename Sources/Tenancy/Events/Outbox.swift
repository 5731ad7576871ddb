// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// The events of all tenants of one cell on their way to those who react.
///
/// An event is recorded in the transaction that makes it so (`SQL.recordEvent`). `relay` gives each consumer a delivery of it, in
/// order; `lease` gives a worker an aggregate's deliveries to one consumer; a delivery is done once. The deliveries of an aggregate are one
/// worker's at a time and are done in the order of their recording, whatever fails or dies meanwhile.
public struct Outbox: Sendable {
    let cell: any Database
    let installation: InstallationPrefix
    let clock: WallClock

    /// How many events are handed on at a time.
    public static let relayBatch = 1_000

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cell: The cell's database, with the directory's login.
    ///   - installation: The installation's prefix.
    ///   - clock: Dates leases.
    public init(cell: any Database, installation: InstallationPrefix, clock: WallClock = .system) {
        self.cell = cell
        self.installation = installation
        self.clock = clock
    }

    /// Makes consumers known: what is handed on from now is theirs, whichever process does it.
    ///
    /// Doing it again says that they still exist, and which types they take from now on.
    ///
    /// - Parameter consumers: Those of this process.
    /// - Throws: `DatabaseError`.
    public func register(_ consumers: [EventConsumer]) async throws(DatabaseError) {
        guard !consumers.isEmpty else { return }
        _ = try await cell.write(consumers.map { .registerConsumer($0.name, types: $0.typeNames) }, scope: .cell)
    }

    /// Hands on what was recorded, in the order of recording.
    ///
    /// Only events that are older than every running transaction are: a later one might still get an earlier position. One process
    /// does it at a time; for another one there is nothing to do. What was given up and is to be tried again is taken up, too.
    ///
    /// - Returns: How many events were handed on, and whether there are some that wait for a transaction to end.
    /// - Throws: `DatabaseError`.
    @discardableResult
    public func relay() async throws(DatabaseError) -> Relayed {
        let statements: [SQL] = [.relayEvents(limit: Self.relayBatch), .takeUpRevived(limit: Self.relayBatch)]
        let rows = try await cell.write(statements, scope: .cell).first ?? Rows.empty
        guard let row = rows.only else { return Relayed(events: 0, isHeldBack: false) }
        return Relayed(events: try row["events"], isHeldBack: try row["is_held_back"])
    }

    /// What `relay` did.
    public struct Relayed: Sendable, Hashable {
        /// How many events were handed on.
        public let events: Int
        /// Whether some wait for a transaction to end.
        public let isHeldBack: Bool
    }

    /// Returns those of some consumers that have something to do now.
    ///
    /// - Parameter consumers: The consumers' names.
    /// - Returns: Their names.
    /// - Throws: `DatabaseError`.
    public func due(among consumers: [String]) async throws(DatabaseError) -> [String] {
        let rows = try await cell.read([.dueConsumers(among: consumers, at: clock.now())], scope: .cell).first
        return try (rows ?? Rows.empty).map { row throws(DatabaseError) in try row["name"] }
    }
}

extension EventConsumer {
    /// The names of the types that it takes, sorted.
    var typeNames: [String]? { types.map { $0.map(\.name).sorted() } }
}
