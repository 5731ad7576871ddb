// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads a client's frames, fed in any pieces: a pure state machine.
///
/// Every length is known to be within the limits before a byte of the payload is kept.
struct WebSocketDecoder: Sendable {
    /// What was read.
    enum Event: Sendable, Equatable {
        /// Everything that was given is used up.
        case needsMore
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        /// The peer closes; nothing after it is looked at.
        case close(WebSocketCloseCode, reason: String)
        /// The peer broke the protocol; nothing after it is looked at.
        case failed(WebSocketFailure)
    }

    private enum State: Sendable {
        case start
        case length
        case extendedLength(left: Int)
        case mask(left: Int)
        case payload
        case finished
    }

    private let limits: WebSocketLimits
    private var state = State.start
    private var opcode = WebSocketOpcode.continuation
    private var isFinal = false
    private var length: UInt64 = 0
    private var minimum: UInt64 = 0
    private var mask: UInt32 = 0
    private var taken = 0
    /// What the message is that has begun; `nil` between messages.
    private var kind: WebSocketOpcode?
    private var message: [UInt8] = []
    private var fragments = 0
    private var control: [UInt8] = []
    private var text = UTF8Validator()

    init(limits: WebSocketLimits) {
        self.limits = limits
    }

    /// Whether nothing more is looked at.
    var isFinished: Bool {
        if case .finished = state { true } else { false }
    }

    /// Reads up to the next thing that has to be told.
    ///
    /// - Parameters:
    ///   - input: What holds the bytes.
    ///   - index: Where to go on; moved behind what is used.
    ///   - end: Where they end.
    /// - Returns: What was read.
    mutating func next(_ input: [UInt8], from index: inout Int, to end: Int) -> Event {
        while true {
            if case .payload = state {
                if let event = takePayload(input, &index, end) { return event }
                guard index < end else { return .needsMore }
                continue
            }
            if case .finished = state { index = end }
            guard index < end else { return .needsMore }
            let byte = input[index]
            index += 1
            if let failure = takeHead(byte) { return fail(failure) }
        }
    }

    private mutating func takeHead(_ byte: UInt8) -> WebSocketFailure? {
        switch state {
        case .start: return begin(byte)
        case .length: return takeLength(byte)
        case .extendedLength(let left):
            length = length << 8 | UInt64(byte)
            guard left == 1 else {
                state = .extendedLength(left: left - 1)
                return nil
            }
            guard length >= minimum, length <= UInt64(Int64.max) else { return .badLength }
            state = .mask(left: 4)
            return admit()
        case .mask(let left):
            mask = mask << 8 | UInt32(byte)
            state = left == 1 ? .payload : .mask(left: left - 1)
        case .payload, .finished: break
        }
        return nil
    }

    private mutating func begin(_ byte: UInt8) -> WebSocketFailure? {
        guard byte & 0x70 == 0 else { return .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else { return .unknownOpcode }
        self.opcode = opcode
        isFinal = byte & 0x80 != 0
        if opcode.isControl {
            guard isFinal else { return .controlFragmented }
        } else if opcode == .continuation {
            guard kind != nil else { return .nothingToContinue }
        } else {
            guard kind == nil else { return .interleaved }
        }
        state = .length
        return nil
    }

    private mutating func takeLength(_ byte: UInt8) -> WebSocketFailure? {
        guard byte & 0x80 != 0 else { return .unmasked }
        length = 0
        switch byte & 0x7F {
        case 126: (state, minimum) = (.extendedLength(left: 2), 126)
        case 127: (state, minimum) = (.extendedLength(left: 8), 65_536)
        case let short:
            length = UInt64(short)
            state = .mask(left: 4)
            return admit()
        }
        return opcode.isControl ? .controlTooLong : nil
    }

    /// Judges the length of a frame before anything of it is kept.
    private mutating func admit() -> WebSocketFailure? {
        taken = 0
        guard !opcode.isControl else { return nil }
        guard length <= UInt64(limits.frameInBytes) else { return .frameTooBig }
        guard message.count + Int(length) <= limits.messageInBytes, fragments < limits.fragments else {
            return .messageTooBig
        }
        fragments += 1
        if opcode != .continuation { kind = opcode }
        return nil
    }

    /// Takes what is there of a payload.
    ///
    /// - Returns: What it completed, or `nil` to go on.
    private mutating func takePayload(_ input: [UInt8], _ index: inout Int, _ end: Int) -> Event? {
        let count = min(end - index, Int(length) - taken)
        let isText = kind == .text
        for position in index..<index + count {
            let byte = input[position] ^ UInt8(truncatingIfNeeded: mask >> UInt32((3 - taken & 3) * 8))
            taken += 1
            if opcode.isControl {
                control.append(byte)
            } else {
                // Told at the first byte that is wrong, not when the message ends (§8.1).
                if isText, !text.take(byte) { return fail(.invalidText) }
                message.append(byte)
            }
        }
        index += count
        guard taken == Int(length) else { return nil }
        state = .start
        return opcode.isControl ? endControl() : endFragment()
    }

    private mutating func endFragment() -> Event? {
        guard isFinal else { return nil }
        guard text.isComplete else { return fail(.invalidText) }
        let bytes = message
        let isText = kind == .text
        message = []
        fragments = 0
        kind = nil
        return .message(isText ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes))
    }

    private mutating func endControl() -> Event {
        let bytes = control
        control = []
        switch opcode {
        case .ping: return .ping(bytes)
        case .pong: return .pong(bytes)
        default: break
        }
        guard !bytes.isEmpty else {
            state = .finished
            return .close(.noStatus, reason: "")
        }
        guard bytes.count > 1 else { return fail(.badCloseCode) }
        let code = WebSocketCloseCode(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        guard code.maySend else { return fail(.badCloseCode) }
        guard let reason = String(validating: bytes[2...], as: UTF8.self) else { return fail(.invalidText) }
        state = .finished
        return .close(code, reason: reason)
    }

    private mutating func fail(_ failure: WebSocketFailure) -> Event {
        state = .finished
        message = []
        control = []
        return .failed(failure)
    }
}
