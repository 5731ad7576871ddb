// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization

/// Writes the access log and counts requests: bytes into a buffer of the loop, taken away a few times a second.
///
/// There are a few shards; a loop always uses the same one, so the lock is free almost always. A line has nothing personal: no
/// address, no path, no body.
final class Recorder: Sendable {
    private let shards: [Shard]
    private let segments: [LogSegments]
    private let clock: WallClock
    private let isLogging: Bool

    private final class Shard: Sendable {
        let state: Mutex<State>

        init(routes: Int) {
            state = Mutex(State(counts: RequestCounts(routes: routes)))
        }
    }

    private struct State: Sendable {
        var log: [UInt8] = []
        var dropped = 0
        var time = LogTime()
        var counts: RequestCounts
    }

    /// What a shard holds at most before lines are dropped: the reader of the log has stopped reading.
    private static let bufferLimit = 8 << 20

    init(routes: [Route], clock: WallClock, isLogging: Bool) {
        segments = routes.map { LogSegments(route: $0) } + [LogSegments(route: nil)]
        shards = (0..<8).map { _ in Shard(routes: routes.count) }
        self.clock = clock
        self.isLogging = isLogging
    }

    /// Records an answered request.
    ///
    /// - Parameters:
    ///   - call: The request and what became of it.
    ///   - status: The reply's status.
    ///   - bytes: The content's length; 0 for a stream of unknown length.
    ///   - duration: From the head's arrival to the reply, in nanoseconds.
    func record(_ call: Call, status: UInt16, bytes: Int, duration: UInt64) {
        let now = clock.now().timeIntervalSince1970
        let segment = segments[call.route < 0 ? segments.count - 1 : call.route]
        shard.state.withLock { state in
            state.counts.count(route: call.route, status: status, duration: duration)
            if let refusal = call.refusal { state.counts.count(refusal) }
            guard isLogging else { return }
            guard state.log.count < Recorder.bufferLimit else {
                state.dropped += 1
                return
            }
            state.time.write(now, to: &state.log)
            state.log.append(contentsOf: call.facts.number)
            if call.facts.hasOwnTrace {
                state.log.append(text: "\",\"traceId\":\"")
                state.log.append(contentsOf: call.facts.trace)
            }
            if let site = call.site { state.log.append(contentsOf: site.logSegment) }
            state.log.append(contentsOf: segment[call.facts.request.method])
            if let refusal = call.refusal {
                state.log.append(text: "\",\"rateClass\":\"\(refusal.rateClass.rawValue)\",\"bucket\":\"")
                state.log.append(text: refusal.bucket.rawValue)
            }
            if let code = call.code {
                state.log.append(text: "\",\"code\":\"")
                state.log.append(text: code)
            }
            state.log.append(text: "\",\"status\":")
            state.log.appendDecimal(Int(status))
            state.log.append(text: ",\"micros\":")
            state.log.appendDecimal(Int(duration / 1000))
            state.log.append(text: ",\"bytes\":")
            state.log.appendDecimal(bytes)
            state.log.append(text: "}\n")
        }
    }

    /// Writes a line about something that is no request.
    ///
    /// - Parameters:
    ///   - level: How bad it is.
    ///   - event: What happened: `area.verb`.
    ///   - requestID: The request it happened in; empty for none.
    ///   - detail: More about it; nothing personal, no secret.
    func note(_ level: LogLevel, _ event: StaticString, _ requestID: String = "", _ detail: String = "") {
        var json = JSONWriter()
        json.object { object in
            object.field("time", clock.now())
            object.field("level", level.rawValue)
            object.field("event", event.description)
            if !requestID.isEmpty { object.field("requestId", requestID) }
            if !detail.isEmpty { object.field("detail", detail) }
        }
        let line = json.bytes + [UInt8(ascii: "\n")]
        shard.state.withLock { state in
            if state.log.count < Recorder.bufferLimit { state.log.append(contentsOf: line) } else { state.dropped += 1 }
        }
    }

    /// Takes the lines that were written since the last time.
    func takeLog() -> [UInt8] {
        var lines: [UInt8] = []
        for shard in shards {
            let (log, dropped) = shard.state.withLock { state in
                var log: [UInt8] = []
                swap(&log, &state.log)
                state.log.reserveCapacity(min(log.capacity, 1 << 20))
                defer { state.dropped = 0 }
                return (log, state.dropped)
            }
            lines.append(contentsOf: log)
            if dropped > 0 {
                lines.append(text: "{\"level\":\"warning\",\"event\":\"log.dropped\",\"lines\":\(dropped)}\n")
            }
        }
        return lines
    }

    /// The sums over all loops.
    var counts: RequestCounts {
        var sum = RequestCounts(routes: segments.count - 1)
        for shard in shards { sum.add(shard.state.withLock { $0.counts }) }
        return sum
    }

    private var shard: Shard {
        guard let loop = EventLoop.current else { return shards[0] }
        return shards[(ObjectIdentifier(loop).hashValue >> 4) & 7]
    }
}

/// How bad something is.
enum LogLevel: String, Sendable {
    case info
    case warning
    case error
}
