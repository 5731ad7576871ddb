// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Writes a server's frames: whole messages, not masked (RFC 6455 §5.1).
enum WebSocketEncoder {
    /// Appends a frame.
    ///
    /// - Parameters:
    ///   - opcode: Its meaning.
    ///   - payload: Its payload; of a control frame at most 125 bytes.
    ///   - output: Where it goes.
    static func append(_ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(0x80 | opcode.rawValue)
        let count = payload.count
        switch count {
        case ..<126: output.append(UInt8(truncatingIfNeeded: count))
        case ..<65_536:
            output.append(126)
            appendLength(count, bytes: 2, to: &output)
        default:
            output.append(127)
            appendLength(count, bytes: 8, to: &output)
        }
        output.append(contentsOf: payload)
    }

    /// A close frame.
    ///
    /// - Parameters:
    ///   - code: Why; one that may not be sent gives a frame without one.
    ///   - reason: The same in words, cut to what a control frame holds.
    /// - Returns: The frame.
    static func close(_ code: WebSocketCloseCode, _ reason: String) -> [UInt8] {
        var payload: [UInt8] = []
        if code.maySend {
            payload = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
            for character in reason {
                let bytes = String(character).utf8
                guard payload.count + bytes.count <= 125 else { break }
                payload.append(contentsOf: bytes)
            }
        }
        var frame: [UInt8] = []
        append(.close, payload, to: &frame)
        return frame
    }

    private static func appendLength(_ length: Int, bytes: Int, to output: inout [UInt8]) {
        for place in (0..<bytes).reversed() { output.append(UInt8(truncatingIfNeeded: length >> (place * 8))) }
    }
}
