// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// The content of a response whose head is sent.
struct StreamedContent {
    let writer: HTTPBodyWriter
    let framing: HTTPBodyWriter.Framing
    let write: @Sendable (HTTPBodyWriter) async throws -> Void
}

extension Connection {
    /// Sends the head of a streamed response.
    func beginStream(
        _ response: HTTPResponse,
        length: Int?,
        _ write: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
    ) -> StreamedContent {
        let content: ResponseEncoder.Content
        let framing: HTTPBodyWriter.Framing
        if let length {
            content = .length(length)
            framing = .length(length)
        } else if exchange.minorVersion > 0 {
            content = .chunked
            framing = .chunked
        } else {
            content = .untilClose
            framing = .untilClose
            exchange.persists = false
        }
        sendHead(of: response, content)
        return StreamedContent(
            writer: HTTPBodyWriter(connection: self, framing: framing),
            framing: framing,
            write: write
        )
    }

    /// Runs the closure that writes a response's content.
    func send(_ content: StreamedContent) async {
        var isWhole = true
        do {
            try await content.write(content.writer)
            try await content.writer.finishCoding()
        } catch {
            // The closure's error is its owner's to log; the client must see that the content is incomplete.
            isWhole = false
        }
        content.writer.detach()
        guard phase == .handling else { return }
        guard isWhole, content.writer.isWhole else { return abort() }
        if case .chunked = content.framing { sendContent(Array("0\r\n\r\n".utf8)) }
        endExchange()
    }

    /// Sends a piece as a chunk (RFC 9112 §7.1).
    func sendChunk(_ bytes: [UInt8]) {
        output { $0.append(chunk: bytes) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(chunk bytes: [UInt8]) {
        appendHexadecimal(bytes.count)
        append(.carriageReturn)
        append(.lineFeed)
        append(contentsOf: bytes)
        append(.carriageReturn)
        append(.lineFeed)
    }
}
