// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSTenancy

/// The parts of a route's log lines that are always the same, made once.
final class LogSegments: Sendable {
    private let own: [UInt8]
    private let head: [UInt8]
    private let route: String
    private let method: HTTPMethod?

    init(route: Route?) {
        self.route = route.map { "\",\"route\":\"\($0.path)" } ?? ""
        method = route?.method
        own = LogSegments.make(route?.method ?? .get, self.route)
        head = LogSegments.make(.head, self.route)
    }

    /// `","method":"GET","route":"/api/v1/courses`.
    subscript(method: HTTPMethod) -> [UInt8] {
        if method == self.method { return own }
        return method == .head ? head : LogSegments.make(method, route)
    }

    private static func make(_ method: HTTPMethod, _ route: String) -> [UInt8] {
        Array("\",\"method\":\"\(method)\(route)".utf8)
    }
}

/// Writes the start of a line; the text of a second is made once.
struct LogTime: Sendable {
    private var second: Int64 = .min
    private var text: [UInt8] = []

    mutating func write(_ now: Double, to log: inout [UInt8]) {
        let second = Int64(now.rounded(.down))
        if second != self.second {
            self.second = second
            let date = Date(timeIntervalSince1970: Double(second)).iso8601Milliseconds
            text = Array("{\"time\":\"\(date.prefix(19)).".utf8)
        }
        log.append(contentsOf: text)
        let milliseconds = Int((now - Double(second)) * 1000)
        log.append(UInt8(truncatingIfNeeded: 48 + milliseconds / 100))
        log.append(UInt8(truncatingIfNeeded: 48 + milliseconds / 10 % 10))
        log.append(UInt8(truncatingIfNeeded: 48 + milliseconds % 10))
        log.append(text: "Z\",\"level\":\"info\",\"event\":\"request\",\"requestId\":\"")
    }
}

extension [UInt8] {
    @inline(__always)
    mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }
}
