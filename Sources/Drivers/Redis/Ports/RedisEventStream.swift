// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Shows events to readers outside through Redis Streams: `XREADGROUP … STREAMS lms:{<tenant>}:events:<topic>`, field `envelope`.
public struct RedisEventStream: EventStream {
    private let redis: Redis
    private let length: Int

    /// Makes one.
    ///
    /// - Parameters:
    ///   - redis: The Redis.
    ///   - length: How many envelopes of a stream are kept at least; there may be some more.
    public init(_ redis: Redis, length: Int = 10_000) {
        self.redis = redis
        self.length = length
    }

    /// Appends an envelope.
    public func append(_ envelope: [UInt8], to stream: TenantCacheKey) async throws(EventStreamError) {
        try EventStreamLimits.check(envelope, stream)
        do throws(RedisError) {
            let field = RedisStreamEntry.Field(name: RedisEventStream.field, value: envelope)
            _ = try await redis.append([field], to: RedisKey(stream), keeping: length)
        } catch {
            throw .unavailable
        }
    }

    /// Reads envelopes.
    public func read(
        _ stream: TenantCacheKey,
        after position: String?,
        limit: Int
    ) async throws(EventStreamError) -> [EventStreamEntry] {
        try EventStreamLimits.check(stream)
        let limit = max(0, min(limit, EventStreamLimits.reading))
        guard limit > 0 else { return [] }
        do throws(RedisError) {
            return try await redis.entries(of: RedisKey(stream), after: position, limit: limit).compactMap { entry in
                entry[RedisEventStream.field].map { EventStreamEntry(position: entry.id, envelope: $0) }
            }
        } catch {
            throw .unavailable
        }
    }

    private static let field = "envelope"
}
