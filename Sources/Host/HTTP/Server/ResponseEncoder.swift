// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// Writes response heads; keeps the parts that are the same for a second.
struct ResponseEncoder {
    /// `HTTP/1.1 200 OK` and the date.
    private var successStart: [UInt8] = []
    private var date: [UInt8] = []
    private var second = -1

    /// How the content follows the head.
    enum Content {
        /// No content and no length: 204, 304.
        case none
        case length(Int)
        case chunked
        /// Delimited by the end of the connection, for HTTP/1.0.
        case untilClose
    }

    /// What the head says of the connection.
    enum Persistence {
        /// Nothing: HTTP/1.1 persists.
        case assumed
        /// `keep-alive`, for HTTP/1.0.
        case stated
        case close
        /// It goes on with WebSocket.
        case upgraded
    }

    /// Renews the date if the second has changed.
    mutating func refresh() {
        let now = Int(Date().timeIntervalSince1970)
        guard now != second else { return }
        second = now
        date = Array("date: ".utf8)
        HTTPDate.append(now, to: &date)
        date.append(.carriageReturn)
        date.append(.lineFeed)
        successStart = Array("HTTP/1.1 200 OK\r\n".utf8) + date
    }

    /// Appends a head.
    func append(
        _ status: HTTPStatus,
        _ fields: HTTPFields,
        _ content: Content,
        _ persistence: Persistence,
        to output: inout [UInt8]
    ) {
        if status.rawValue == 200 {
            output.append(contentsOf: successStart)
        } else {
            output.append(contentsOf: "HTTP/1.1 ".utf8)
            output.appendDecimal(Int(status.rawValue))
            output.append(.space)
            output.append(contentsOf: status.reason.utf8)
            output.append(.carriageReturn)
            output.append(.lineFeed)
            output.append(contentsOf: date)
        }
        output.append(contentsOf: fields.wire)
        switch content {
        case .none, .untilClose: break
        case .length(let length):
            output.append(contentsOf: "content-length: ".utf8)
            output.appendDecimal(length)
            output.append(.carriageReturn)
            output.append(.lineFeed)
        case .chunked: output.append(contentsOf: "transfer-encoding: chunked\r\n".utf8)
        }
        switch persistence {
        case .assumed: break
        case .stated: output.append(contentsOf: "connection: keep-alive\r\n".utf8)
        case .close: output.append(contentsOf: "connection: close\r\n".utf8)
        case .upgraded: output.append(contentsOf: "connection: upgrade\r\nupgrade: websocket\r\n".utf8)
        }
        // RFC 9110 §15.5.22 and RFC 6455 §4.4: to what, and of which version.
        if status.rawValue == 426 {
            output.append(contentsOf: "connection: upgrade\r\nupgrade: websocket\r\n".utf8)
            output.append(contentsOf: "sec-websocket-version: 13\r\n".utf8)
        }
        output.append(.carriageReturn)
        output.append(.lineFeed)
    }
}
