// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSHTTP

/// What a server has to make of a client's bytes (RFC 6455), as data.
enum WebSocketCases {
    typealias Event = WebSocketDecoder.Event

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let input: [UInt8]
        let events: [Event]

        var testDescription: String { name }

        init(_ name: String, _ frames: [UInt8]..., gives events: Event...) {
            self.name = name
            input = Array(frames.joined())
            self.events = events
        }
    }

    /// A client's frame.
    ///
    /// - Parameters:
    ///   - first: The first byte: FIN, reserved bits and opcode.
    ///   - payload: The payload, before it is masked.
    ///   - length: How many bytes the length takes: 1, 2 or 8; as few as possible if nothing is said.
    ///   - mask: The key; `nil` for a frame that is not masked.
    /// - Returns: Its bytes.
    static func frame(
        _ first: UInt8,
        _ payload: [UInt8] = [],
        length: Int? = nil,
        mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    ) -> [UInt8] {
        let count = payload.count
        let bytes = length ?? (count < 126 ? 1 : count < 65_536 ? 2 : 8)
        let masked: UInt8 = mask == nil ? 0 : 0x80
        var frame = [first]
        switch bytes {
        case 1: frame.append(masked | UInt8(count))
        case 2: frame += [masked | 126, UInt8(count >> 8), UInt8(count & 255)]
        default: frame += [masked | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
        }
        guard let mask else { return frame + payload }
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    static func text(_ text: String) -> [UInt8] { frame(0x81, Array(text.utf8)) }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        frame(0x88, [UInt8(code >> 8), UInt8(code & 255)] + reason)
    }

    static let greek = Array("κόσμε".utf8)

    static let all: [Case] =
        framing + control + fragmentation + invalidText + closing
        + validTexts.map {
            Case("text \($0)", frame(0x81, $0), gives: .message(.text(String(decoding: $0, as: UTF8.self))))
        }
        + invalidTexts.map { Case("no text \($0)", frame(0x81, $0), gives: .failed(.invalidText)) }
        + codes

    private static let framing: [Case] =
        [
            Case("an empty text", text(""), gives: .message(.text(""))),
            Case(
                "the text of RFC 6455 §5.7",
                [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
                gives: .message(.text("Hello"))
            ),
            Case("bytes", frame(0x82, [0, 255, 128]), gives: .message(.binary([0, 255, 128]))),
            Case("empty bytes", frame(0x82), gives: .message(.binary([]))),
            Case("a key of zeros", frame(0x81, [0x61], mask: [0, 0, 0, 0]), gives: .message(.text("a"))),
            Case(
                "125 bytes",
                frame(0x82, Array(repeating: 7, count: 125)),
                gives: .message(.binary(Array(repeating: 7, count: 125)))
            ),
            Case(
                "126 bytes",
                frame(0x82, Array(repeating: 7, count: 126)),
                gives: .message(.binary(Array(repeating: 7, count: 126)))
            ),
            Case("two messages", text("a"), text("b"), gives: .message(.text("a")), .message(.text("b"))),
            Case("a frame that is not masked", frame(0x81, [0x61], mask: nil), gives: .failed(.unmasked)),
            Case(
                "125 bytes with a length of two",
                frame(0x82, Array(repeating: 7, count: 125), length: 2),
                gives: .failed(.badLength)
            ),
            Case(
                "126 bytes with a length of eight",
                frame(0x82, Array(repeating: 7, count: 126), length: 8),
                gives: .failed(.badLength)
            ),
            Case("a length with its highest bit", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], gives: .failed(.badLength)),
            Case("a frame of 2^40 bytes", [0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0], gives: .failed(.frameTooBig)),
            Case(
                "a frame that is longer than is taken",
                frame(0x82, Array(repeating: 7, count: 301)),
                gives: .failed(.frameTooBig)
            ),
            Case(
                "the longest frame",
                frame(0x82, Array(repeating: 7, count: 300)),
                gives: .message(.binary(Array(repeating: 7, count: 300)))
            ),
            Case(
                "a message that is longer than is taken",
                frame(0x02, Array(repeating: 7, count: 300)),
                frame(0x80, Array(repeating: 7, count: 101)),
                gives: .failed(.messageTooBig)
            ),
            Case(
                "the longest message",
                frame(0x02, Array(repeating: 7, count: 300)),
                frame(0x80, Array(repeating: 7, count: 100)),
                gives: .message(.binary(Array(repeating: 7, count: 400)))
            ),
            Case(
                "more pieces than are taken",
                frame(0x02),
                frame(0),
                frame(0),
                frame(0),
                frame(0),
                frame(0x80),
                gives: .failed(.messageTooBig)
            ),
            Case("nothing after a mistake is looked at", frame(0xC1, [0x61]), text("a"), gives: .failed(.reservedBits)),
        ]
        + [0xC1, 0xA1, 0x91, 0xF2, 0xC8, 0xA9, 0x9A, 0xF0].map { (first: UInt8) in
            Case("reserved bits in \(first)", frame(first), gives: .failed(.reservedBits))
        }
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { (opcode: UInt8) in
            Case("opcode \(opcode)", frame(0x80 | opcode), gives: .failed(.unknownOpcode))
        }

    private static let control: [Case] = [
        Case("a ping", frame(0x89, [1, 2]), gives: .ping([1, 2])),
        Case("an empty ping", frame(0x89), gives: .ping([])),
        Case(
            "a ping of 125 bytes",
            frame(0x89, Array(repeating: 1, count: 125)),
            gives: .ping(Array(repeating: 1, count: 125))
        ),
        Case("a ping of 126 bytes", frame(0x89, Array(repeating: 1, count: 126)), gives: .failed(.controlTooLong)),
        Case("a close of 126 bytes", frame(0x88, Array(repeating: 1, count: 126)), gives: .failed(.controlTooLong)),
        Case("a pong of eight bytes of length", frame(0x8A, [1], length: 8), gives: .failed(.controlTooLong)),
        Case("a pong that nobody asked for", frame(0x8A, [9]), gives: .pong([9])),
        Case("a ping in pieces", frame(0x09, [1]), gives: .failed(.controlFragmented)),
        Case("a close in pieces", frame(0x08), gives: .failed(.controlFragmented)),
        Case(
            "ten pings",
            Array((0..<10).map { frame(0x89, [$0]) }.joined()),
            gives: .ping([0]),
            .ping([1]),
            .ping([2]),
            .ping([3]),
            .ping([4]),
            .ping([5]),
            .ping([6]),
            .ping([7]),
            .ping([8]),
            .ping([9])
        ),
    ]

    private static let fragmentation: [Case] = [
        Case("a text in two pieces", frame(0x01, [0x61]), frame(0x80, [0x62]), gives: .message(.text("ab"))),
        Case("a text in empty pieces", frame(0x01), frame(0x00), frame(0x80), gives: .message(.text(""))),
        Case(
            "a ping between pieces",
            frame(0x01, [0x61]),
            frame(0x89, [5]),
            frame(0x80, [0x62]),
            gives: .ping([5]),
            .message(.text("ab"))
        ),
        Case(
            "a close between pieces",
            frame(0x01, [0x61]),
            close(1000),
            frame(0x80, [0x62]),
            gives: .close(.normal, reason: "")
        ),
        Case(
            "a pong of bytes that are no text between pieces",
            frame(0x01, [0xCE]),
            frame(0x8A, [0xFF]),
            frame(0x80, [0xBA]),
            gives: .pong([0xFF]),
            .message(.text("κ"))
        ),
        Case("a piece of nothing", frame(0x80, [0x61]), gives: .failed(.nothingToContinue)),
        Case("a first piece of nothing", frame(0x00, [0x61]), gives: .failed(.nothingToContinue)),
        Case(
            "a piece after a whole message",
            text("a"),
            frame(0x80),
            gives: .message(.text("a")),
            .failed(.nothingToContinue)
        ),
        Case("a text within a text", frame(0x01, [0x61]), text("b"), gives: .failed(.interleaved)),
        Case("bytes within a text", frame(0x01, [0x61]), frame(0x82, [1]), gives: .failed(.interleaved)),
        Case("a character over two pieces", frame(0x01, [0xCE]), frame(0x80, [0xBA]), gives: .message(.text("κ"))),
        Case(
            "a character in single bytes",
            frame(0x01, [0xF0]),
            frame(0x00, [0x9F]),
            frame(0x00, [0xA6]),
            frame(0x80, [0x84]),
            gives: .message(.text("🦄"))
        ),
        Case(
            "a text and then bytes that are none",
            text("a"),
            frame(0x82, [0xFF]),
            gives: .message(.text("a")),
            .message(.binary([0xFF]))
        ),
    ]

    private static let invalidText: [Case] = [
        Case("a text that ends within a character", frame(0x81, [0xCE]), gives: .failed(.invalidText)),
        Case("pieces that end within a character", frame(0x01, [0xCE]), frame(0x80), gives: .failed(.invalidText)),
        Case("told before the message ends", frame(0x01, greek + [0xED, 0xA0]), gives: .failed(.invalidText)),
        Case(
            "told before the frame ends",
            Array(frame(0x81, [0xFF] + greek + greek).prefix(7)),
            gives: .failed(.invalidText)
        ),
        Case("the second piece begins wrongly", frame(0x01, [0xCE]), frame(0x80, [0x61]), gives: .failed(.invalidText)),
        Case("a reason that is no text", close(1000, [0xCE]), gives: .failed(.invalidText)),
    ]

    private static let closing: [Case] = [
        Case("a close without a code", frame(0x88), gives: .close(.noStatus, reason: "")),
        Case("a close with half a code", frame(0x88, [3]), gives: .failed(.badCloseCode)),
        Case("a close with a reason", close(1001, greek), gives: .close(.goingAway, reason: "κόσμε")),
        Case(
            "a close with the longest reason",
            close(1000, Array(repeating: 0x61, count: 123)),
            gives: .close(.normal, reason: String(repeating: "a", count: 123))
        ),
        Case(
            "nothing after a close is looked at",
            close(1000),
            text("a"),
            [0xFF, 0xFF],
            gives: .close(.normal, reason: "")
        ),
    ]

    private static let codes: [Case] =
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map {
            (code: UInt16) in
            Case("close \(code)", close(code), gives: .close(WebSocketCloseCode(rawValue: code), reason: ""))
        }
        + [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map { (code: UInt16) in
            Case("close \(code)", close(code), gives: .failed(.badCloseCode))
        }

    /// The ends of every range of RFC 3629 §4.
    static let validTexts: [[UInt8]] = [
        [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x9F, 0xBF],
        [0xEE, 0x80, 0x80],
        [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF], greek,
    ]
    /// What lies just beyond them, and what is cut off.
    static let invalidTexts: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2, 0x7F], [0xC2, 0xC0], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF],
        [0xE1, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80],
        [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xF0, 0x9F, 0xA6], [0x61, 0xFF, 0x62],
    ]
}

/// Everything that a decoder says about bytes in pieces.
struct WebSocketReading: Equatable {
    var events: [WebSocketDecoder.Event] = []

    /// Reads bytes, with a pause at each of the cuts.
    init(_ input: [UInt8], cuts: [Int] = []) {
        var limits = WebSocketLimits()
        limits.frameInBytes = 300
        limits.messageInBytes = 400
        limits.fragments = 5
        var decoder = WebSocketDecoder(limits: limits)
        var index = 0
        for end in cuts + [input.count] {
            reading: while true {
                let event = decoder.next(input, from: &index, to: end)
                switch event {
                case .needsMore: break reading
                default: events.append(event)
                }
            }
        }
    }
}
