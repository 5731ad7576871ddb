// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension EventConsumer {
    /// Puts every event into its tenant's stream of its topic, for readers outside of the platform.
    ///
    /// While the streams cannot be reached it waits: events are not given up for that.
    ///
    /// - Parameter stream: The streams.
    /// - Returns: The consumer.
    static func streams(into stream: any EventStream) -> EventConsumer {
        EventConsumer(
            "streams",
            to: nil,
            replays: .taken,
            outside: { event in
                do throws(EventStreamError) {
                    let key = TenantCacheKey(event.tenant, .events, event.topic)
                    try await stream.append(EventEnvelope(event).bytes, to: key)
                } catch {
                    if error == .unavailable { throw EventPostponed(for: .seconds(5)) }
                    throw error
                }
            }
        )
    }
}
