// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSTenancy

extension PlatformHost {
    /// Hands events of some types to what tells people of them, in the order in which they happened.
    ///
    /// - Parameters:
    ///   - types: The types.
    ///   - start: How many of the tenant's events were handed on before.
    ///   - tenant: The tenant.
    /// - Returns: How many events the tenant has.
    /// - Throws: If one is refused.
    func tell(of types: [EventType], after start: Int, at tenant: TestTenant) async throws -> Int {
        guard case .inTransaction(let react) = platform.lms.notifications.consumer.way else {
            throw TestFailure("it reacts outside")
        }
        let rows = Array(try await tenant.events())
        for row in rows.dropFirst(start) {
            let (name, payload): (String, JSONText) = (try row["type"], try row["payload"])
            guard let type = types.first(where: { $0.name == name }) else { continue }
            let event = RecordedEvent(
                id: Event.ID(UUID()),
                position: 1,
                tenant: tenant.id,
                type: name,
                topic: type.topic.rawValue,
                version: 1,
                aggregate: try row["aggregate"],
                actor: try row["actor"],
                traceID: nil,
                payload: try JSONValue.parse(payload.bytes),
                occurredAt: platform.clock.wall.now(),
                isReplay: false
            )
            try await tenant.transaction(as: Principal(.system("notifications"), grants: Grants())) { session in
                try await react(event, session)
            }
        }
        return rows.count
    }
}
