// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

extension Outbox {
    /// How many events of an aggregate a worker gets at a time.
    public static let laneBatch = 32

    /// Leases aggregates of which a consumer has something to do: first one of each tenant, then a second one of each, until there
    /// are enough.
    ///
    /// - Parameters:
    ///   - limit: How many at most, 1 through 100.
    ///   - consumer: The consumer's name.
    ///   - duration: How long the lease is.
    /// - Returns: The aggregates with their next deliveries; none if nothing is due.
    /// - Throws: `DatabaseError`.
    public func lease(
        _ limit: Int,
        of consumer: String,
        for duration: Duration
    ) async throws(DatabaseError) -> [EventLane] {
        let now = clock.now()
        let lease = UUID()
        let replies = try await cell.write(
            [
                .leaseLanes(
                    limit,
                    of: consumer,
                    lease: lease,
                    at: now,
                    until: now.addingTimeInterval(duration.seconds)
                ),
                .leasedDeliveries(lease: lease, limit: Self.laneBatch),
            ],
            scope: .cell
        )
        return try EventLane.lanes(
            replies.last ?? Rows.empty,
            of: consumer,
            lease: lease,
            installation: installation,
            cut: Self.laneBatch
        )
    }

    /// Notes within the transaction of the effect that a delivery is done, once.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - lane: Its lane, whose lease proves the right.
    ///   - session: The open transaction of the event's tenant; the caller commits it, and must not when this throws.
    /// - Throws: `EventLeaseLost` if another worker has it or had it; `DatabaseError`.
    public func finish(
        _ delivery: EventDelivery,
        in lane: EventLane,
        session: borrowing TenantSession
    ) async throws {
        do throws(DatabaseError) {
            try await session.execute(
                .finishDelivery(delivery.event.position, to: lane.consumer, lease: lane.lease)
            )
        } catch {
            if error == .refused(sqlState: "LMS01") { throw EventLeaseLost() }
            throw error
        }
    }

    /// Notes that a delivery is done whose effect is outside of the database.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - lane: Its lane.
    ///   - reason: Why nothing was done, as a code of at most 100 characters; `nil` if something was.
    /// - Throws: `EventLeaseLost` if another worker has it or had it; `DatabaseError`.
    public func finish(
        _ delivery: EventDelivery,
        in lane: EventLane,
        without reason: String? = nil
    ) async throws {
        let statement = SQL.finishDeliveryOutside(delivery.event.position, of: lane, failure: reason.map(Self.code))
        guard try await cell.write([statement], scope: .cell).first?.affected == 1 else { throw EventLeaseLost() }
    }

    /// Has a delivery tried again later; those behind it wait.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - lane: Its lane, which is released.
    ///   - delay: After how long.
    ///   - reason: Why, as a code of at most 100 characters.
    /// - Throws: `DatabaseError`.
    public func retry(
        _ delivery: EventDelivery,
        in lane: EventLane,
        after delay: Duration,
        because reason: String
    ) async throws(DatabaseError) {
        let instant = clock.now().addingTimeInterval(delay.seconds)
        _ = try await cell.write(
            [
                .countFailure(delivery.event.position, of: lane, failure: Self.code(reason)),
                .releaseLane(lane, until: instant),
            ],
            scope: .cell
        )
    }

    /// Gives a delivery up; it stays for whoever looks after the installation, and those behind it go on.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - lane: Its lane.
    ///   - reason: Why, as a code of at most 100 characters.
    /// - Throws: `EventLeaseLost` if another worker has it or had it; `DatabaseError`.
    public func bury(_ delivery: EventDelivery, in lane: EventLane, because reason: String) async throws {
        let statement = SQL.buryDelivery(
            delivery.event.position,
            of: lane,
            failure: Self.code(reason),
            at: clock.now()
        )
        guard try await cell.write([statement], scope: .cell).first?.affected == 1 else { throw EventLeaseLost() }
    }

    /// Gives a lane back.
    ///
    /// - Parameters:
    ///   - lane: The lane; nothing happens if the lease was lost.
    ///   - rest: What of it is left to do.
    /// - Throws: `DatabaseError`.
    public func release(_ lane: EventLane, _ rest: Rest) async throws(DatabaseError) {
        let now = clock.now()
        switch rest {
        case .nothing where !lane.isCut:
            _ = try await cell.write([.removeLane(lane), .releaseLane(lane, until: now)], scope: .cell)
        case .nothing, .something:
            _ = try await cell.write([.releaseLane(lane, until: now)], scope: .cell)
        case .later(let delay):
            let instant = now.addingTimeInterval(delay.seconds)
            _ = try await cell.write([.releaseLane(lane, until: instant)], scope: .cell)
        }
    }

    /// What is left to do of a lane.
    public enum Rest: Sendable, Hashable {
        /// Nothing of what was leased.
        case nothing
        /// Something, at once.
        case something
        /// Something, after a while, such as when the tenant is not served.
        case later(Duration)
    }

    private static func code(_ reason: String) -> String {
        String(String.UnicodeScalarView(reason.unicodeScalars.prefix(100)))
    }
}
