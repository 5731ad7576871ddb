// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// What a consumer has to do yet of one aggregate, which a worker has for itself until its lease ends.
public struct EventLane: Sendable {
    /// Whose it is.
    public let tenant: TenantID
    /// What the events happened to.
    public let aggregate: UUID
    /// The next deliveries, in the order of recording; none if they were done or discarded meanwhile.
    public let deliveries: [EventDelivery]
    /// How many workers in a row died with it.
    public let losses: Int
    let consumer: String
    let role: String
    /// Proves that the lease is still this worker's.
    let lease: UUID
    let additions: Int
    /// Whether there may be deliveries beyond those that were read.
    package let isCut: Bool
}

/// One event as one consumer gets it.
public struct EventDelivery: Sendable {
    /// The event.
    public let event: RecordedEvent
    /// How often it was tried before.
    public let attempts: Int
}

/// A receipt was not taken: the lease was lost to another worker, and the transaction must not commit.
public struct EventLeaseLost: Error, Sendable, Equatable {}

extension EventLane {
    /// Puts the rows of leased lanes together.
    static func lanes(
        _ rows: Rows,
        of consumer: String,
        lease: UUID,
        installation: InstallationPrefix,
        cut limit: Int
    ) throws(DatabaseError) -> [EventLane] {
        var lanes: [EventLane] = []
        var start = rows.startIndex
        while start < rows.endIndex {
            let first = rows[start]
            let (role, aggregate): (String, UUID) = (try first["tenant_role"], try first["aggregate"])
            var deliveries: [EventDelivery] = []
            var end = start
            // Another installation on the same cluster has a cell of its own; a name that is not ours is nobody's here.
            let tenant = TenantID(role: role, installation: installation)
            while end < rows.endIndex, try rows[end]["tenant_role"] == role, try rows[end]["aggregate"] == aggregate {
                if let tenant, let delivery = try EventDelivery(row: rows[end], of: tenant) {
                    deliveries.append(delivery)
                }
                end += 1
            }
            start = end
            guard let tenant else { continue }
            lanes.append(
                EventLane(
                    tenant: tenant,
                    aggregate: aggregate,
                    deliveries: deliveries,
                    losses: try first["losses"],
                    consumer: consumer,
                    role: role,
                    lease: lease,
                    additions: try first["additions"],
                    isCut: deliveries.count == limit
                )
            )
        }
        return lanes
    }
}

extension EventDelivery {
    /// Reads a row of a leased lane; `nil` if the lane is empty.
    init?(row: Row, of tenant: TenantID) throws(DatabaseError) {
        guard let position: Int = try row["position"] as Int? else { return nil }
        let payload: JSONText = try row["payload"]
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(payload.bytes)
        } catch {
            throw .undecodable(column: "payload", expected: "JSON")
        }
        event = RecordedEvent(
            id: try row["id"],
            position: position,
            tenant: tenant,
            type: try row["type"],
            topic: try row["topic"],
            version: try row["version"],
            aggregate: try row["aggregate"],
            actor: try row["actor"],
            traceID: try row["trace_id"],
            payload: value,
            occurredAt: try row["occurred_at"],
            isReplay: try row["is_replay"]
        )
        attempts = try row["attempts"]
    }
}
