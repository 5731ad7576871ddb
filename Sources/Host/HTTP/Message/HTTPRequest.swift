// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One request: its head, its body as it arrives, and where it comes from.
public struct HTTPRequest: Sendable {
    /// The head, for readers that want bytes and offsets instead of strings.
    public let head: RequestHead
    /// The body.
    public let body: HTTPRequestBody
    /// The address of the other end of the connection, as text; a proxy's if there is one.
    public let peerAddress: String
    /// The port of the other end of the connection.
    public let peerPort: UInt16
    /// Whether the connection is encrypted.
    public let isSecure: Bool

    /// The method.
    public var method: HTTPMethod { head.method }
    /// The path as it was sent: not percent-decoded, never empty.
    public var path: String { head.text(head.pathRange) }
    /// The query as it was sent, without its question mark.
    public var query: String? { head.queryRange.map { head.text($0) } }
    /// Host and port, checked; empty only for HTTP/1.0 without a Host.
    public var authority: String { head.authorityRange.map { head.text($0) } ?? "" }

    /// The value of the first field of a name.
    public subscript(name: HTTPFieldName) -> String? {
        head.find(name).map { head.text($0.value) }
    }

    /// The values of all fields of a name, in order.
    ///
    /// - Parameter name: The name.
    /// - Returns: The values; what is singular by nature is to be refused if there are two.
    public func values(of name: HTTPFieldName) -> [String] {
        var values: [String] = []
        var start = 0
        while let found = head.find(name, from: start) {
            values.append(head.text(found.value))
            start = found.index + 1
        }
        return values
    }

    /// Reads a request from its bytes, as the server would; for tests of routes without a socket.
    ///
    /// - Parameters:
    ///   - bytes: One complete message.
    ///   - peerAddress: The other end's address.
    ///   - isSecure: Whether it counts as encrypted.
    ///   - limits: The limits.
    /// - Throws: Why the server would refuse it; `.badRequestLine` also if the message is incomplete.
    public init(
        parsing bytes: [UInt8],
        peerAddress: String = "127.0.0.1",
        isSecure: Bool = false,
        limits: HTTPLimits = HTTPLimits()
    ) throws(HTTPRefusal) {
        var parser = HeadParser(limits: limits)
        var index = 0
        switch parser.parse(bytes, from: 0, to: bytes.count) {
        case .complete(let length): index = length
        case .refused(let refusal): throw refusal
        case .incomplete: throw .badRequestLine
        }
        let head = try parser.makeHead(bytes, from: 0)
        var decoder = BodyDecoder(framing: head.framing, limits: limits)
        var content: [UInt8] = []
        while !decoder.isComplete {
            switch decoder.next(bytes, from: &index, to: bytes.count) {
            case .data(let range): content.append(contentsOf: bytes[range])
            case .needsMore: throw .badRequestLine
            case .refused(let refusal): throw refusal
            case .end: break
            }
        }
        let source: HTTPRequestBody.Source = head.framing == .none ? .none : .buffered(BufferedBody(content))
        self.init(
            head: head,
            body: HTTPRequestBody(source: source),
            peerAddress: peerAddress,
            peerPort: 0,
            isSecure: isSecure
        )
    }

    init(head: RequestHead, body: HTTPRequestBody, peerAddress: String, peerPort: UInt16, isSecure: Bool) {
        self.head = head
        self.body = body
        self.peerAddress = peerAddress
        self.peerPort = peerPort
        self.isSecure = isSecure
    }
}

extension RequestHead {
    /// A part of the head as text.
    ///
    /// - Parameter range: A range of `bytes`.
    /// - Returns: The text; bytes that are no UTF-8 become U+FFFD.
    public func text(_ range: Range<Int>) -> String {
        String(decoding: storage[range], as: UTF8.self)
    }
}
