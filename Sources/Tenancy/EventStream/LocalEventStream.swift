// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Keeps the latest events in this process: for where nobody outside reads.
public final class LocalEventStream: EventStream {
    private let lengthLimit: Int
    private let streamLimit: Int
    private let state = Mutex(State())

    private struct State {
        var streams: [TenantCacheKey: [(position: Int, envelope: [UInt8])]] = [:]
        var last = 0
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - lengthLimit: How many envelopes of a stream are kept, about.
    ///   - streamLimit: Of how many streams; the one that was appended to longest ago makes room.
    public init(lengthLimit: Int = 64, streamLimit: Int = 1_024) {
        self.lengthLimit = max(1, lengthLimit)
        self.streamLimit = max(1, streamLimit)
    }

    /// Appends an envelope.
    public func append(_ envelope: [UInt8], to stream: TenantCacheKey) throws(EventStreamError) {
        try EventStreamLimits.check(envelope, stream)
        state.withLock { state in
            if state.streams[stream] == nil, state.streams.count >= streamLimit {
                let oldest = state.streams.min { ($0.value.last?.position ?? 0) < ($1.value.last?.position ?? 0) }
                if let oldest { state.streams[oldest.key] = nil }
            }
            state.last += 1
            state.streams[stream, default: []].append((state.last, envelope))
            let excess = (state.streams[stream]?.count ?? 0) - lengthLimit
            if excess > 0 { state.streams[stream]?.removeFirst(excess) }
        }
    }

    /// Reads envelopes.
    public func read(
        _ stream: TenantCacheKey,
        after position: String?,
        limit: Int
    ) throws(EventStreamError) -> [EventStreamEntry] {
        try EventStreamLimits.check(stream)
        let start = position.flatMap { Int($0.prefix { $0 != "-" }) } ?? 0
        let kept = state.withLock { $0.streams[stream] ?? [] }
        return kept.lazy.filter { $0.position > start }.prefix(max(0, min(limit, EventStreamLimits.reading))).map {
            EventStreamEntry(position: "\($0.position)-0", envelope: $0.envelope)
        }
    }
}
