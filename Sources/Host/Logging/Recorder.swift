// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization

/// Writes the access log and counts requests: bytes into a buffer of the loop, taken away a few times a second.
///
/// There are a few shards; a loop always uses the same one, so the lock is free almost always.
final class Recorder: Sendable {
    private let shards: [Shard]
    private let routeNames: [[UInt8]]
    private let clock: WallClock
    private let isLogging: Bool

    private final class Shard: Sendable {
        let state: Mutex<State>

        init(routes: Int) {
            state = Mutex(State(counts: RequestCounts(routes: routes)))
        }
    }

    fileprivate struct State: Sendable {
        var log: [UInt8] = []
        var dropped = 0
        var second: Int64 = .min
        var secondText: [UInt8] = []
        var counts: RequestCounts
    }

    /// What a shard holds at most before lines are dropped: the reader of the log has stopped reading.
    private static let bufferLimit = 8 << 20

    init(routes: [Route], clock: WallClock, isLogging: Bool) {
        routeNames = routes.map { Array($0.path.description.utf8) }
        shards = (0..<8).map { _ in Shard(routes: routes.count) }
        self.clock = clock
        self.isLogging = isLogging
    }

    /// Records an answered request.
    func record(_ request: RequestRecord) {
        let now = clock.now().timeIntervalSince1970
        shard.state.withLock { state in
            state.counts.count(request)
            guard isLogging else { return }
            guard state.log.count < Recorder.bufferLimit else {
                state.dropped += 1
                return
            }
            state.setTime(now)
            write(request, now, into: &state.log, state.secondText)
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
                lines.append(
                    contentsOf: "{\"level\":\"warning\",\"event\":\"log.dropped\",\"lines\":\(dropped)}\n".utf8
                )
            }
        }
        return lines
    }

    /// The sums over all loops.
    var counts: RequestCounts {
        var sum = RequestCounts(routes: routeNames.count)
        for shard in shards { sum.add(shard.state.withLock { $0.counts }) }
        return sum
    }

    private var shard: Shard {
        guard let loop = EventLoop.current else { return shards[0] }
        return shards[(ObjectIdentifier(loop).hashValue >> 4) & 7]
    }

    private func write(_ request: RequestRecord, _ now: Double, into log: inout [UInt8], _ second: [UInt8]) {
        log.append(text: "{\"time\":\"")
        log.append(contentsOf: second)
        log.append(UInt8(ascii: "."))
        let milliseconds = Int((now - now.rounded(.down)) * 1000)
        log.append(UInt8(truncatingIfNeeded: 48 + milliseconds / 100))
        log.append(UInt8(truncatingIfNeeded: 48 + milliseconds / 10 % 10))
        log.append(UInt8(truncatingIfNeeded: 48 + milliseconds % 10))
        log.append(text: "Z\",\"level\":\"info\",\"event\":\"request\",\"requestId\":\"")
        log.append(contentsOf: request.requestID.utf8)
        if request.traceID != request.requestID {
            log.append(text: "\",\"traceId\":\"")
            log.append(contentsOf: request.traceID.utf8)
        }
        if let tenant = request.tenant {
            log.append(text: "\",\"tenant\":\"")
            log.append(uuid: tenant.uuid)
        }
        log.append(text: "\",\"method\":\"")
        log.append(contentsOf: request.method.description.utf8)
        if request.route >= 0 {
            log.append(text: "\",\"route\":\"")
            log.append(contentsOf: routeNames[request.route])
        }
        if let code = request.code {
            log.append(text: "\",\"code\":\"")
            log.append(contentsOf: code.utf8)
        }
        log.append(text: "\",\"status\":")
        log.append(decimal: Int(request.status))
        log.append(text: ",\"micros\":")
        log.append(decimal: Int(request.duration / 1000))
        log.append(text: ",\"bytes\":")
        log.append(decimal: request.bytes)
        log.append(text: "}\n")
    }
}

/// How bad something is.
enum LogLevel: String, Sendable {
    case info
    case warning
    case error
}

extension Recorder.State {
    /// The text of a second is made once.
    fileprivate mutating func setTime(_ now: Double) {
        let second = Int64(now.rounded(.down))
        guard second != self.second else { return }
        self.second = second
        secondText = Array(Date(timeIntervalSince1970: Double(second)).iso8601Milliseconds.utf8.prefix(19))
    }
}

extension [UInt8] {
    @inline(__always)
    mutating func append(text: StaticString) {
        append(contentsOf: text.description.utf8)
    }

    mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var divisor: UInt = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: 48 + rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Appends the 36 characters of an identifier in lower case.
    mutating func append(uuid: UUID) {
        let value = uuid.uuid
        let parts: [16 of UInt8] = [
            value.0, value.1, value.2, value.3, value.4, value.5, value.6, value.7,
            value.8, value.9, value.10, value.11, value.12, value.13, value.14, value.15,
        ]
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 { append(UInt8(ascii: "-")) }
            for nibble in 0..<2 {
                let digit = nibble == 0 ? parts[index] >> 4 : parts[index] & 15
                append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
    }
}
