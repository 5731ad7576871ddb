// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSHTTP

@Suite struct WebSocketDecoderTests {
    @Test(arguments: WebSocketCases.all)
    func `bytes mean what RFC 6455 says, cut anywhere`(_ tried: WebSocketCases.Case) {
        #expect(WebSocketReading(tried.input).events == tried.events)
        for cut in tried.input.indices where WebSocketReading(tried.input, cuts: [cut]).events != tried.events {
            Issue.record("\(tried.name) cut at \(cut)")
        }
        #expect(WebSocketReading(tried.input, cuts: Array(tried.input.indices)).events == tried.events)
    }

    @Test func `many messages in random pieces mean the same`() {
        var random = SplitMix(state: 6_455)
        let good = WebSocketCases.all.filter { tried in
            tried.events.allSatisfy { event in
                switch event {
                case .message, .ping, .pong: true
                default: false
                }
            }
        }
        #expect(good.count > 20)
        for _ in 0..<200 {
            let chosen = (0..<6).compactMap { _ in good.randomElement(using: &random) }
            let input = Array(chosen.map(\.input).joined())
            let cuts = (0..<10).map { _ in Int.random(in: 0..<input.count, using: &random) }.sorted()
            #expect(WebSocketReading(input, cuts: cuts).events == Array(chosen.map(\.events).joined()))
        }
    }

    @Test func `text is judged as the standard library judges it`() {
        var random = SplitMix(state: 3_629)
        for _ in 0..<20_000 {
            let bytes: [UInt8] = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                [
                    0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3,
                    0xF4, 0xF5,
                ]
                .randomElement(using: &random) ?? 0
            }
            var validator = UTF8Validator()
            let isValid = bytes.allSatisfy { validator.take($0) } && validator.isComplete
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test(arguments: [0, 1, 125, 126, 65_535, 65_536, 70_000])
    func `what is written has its length in as few bytes as possible`(_ count: Int) {
        var frame: [UInt8] = []
        WebSocketEncoder.append(.binary, [UInt8](repeating: 1, count: count), to: &frame)
        let head = count < 126 ? 2 : count < 65_536 ? 4 : 10
        #expect(frame.count == head + count)
        #expect(frame[0] == 0x82)
        let short = count < 126 ? count : count < 65_536 ? 126 : 127
        #expect(Int(frame[1]) == short)
        let written = frame[2..<head].reduce(0) { $0 << 8 | Int($1) }
        #expect(written == (head > 2 ? count : 0))
    }

    @Test func `a long reason is cut between characters, and a code that may not be sent is not`() {
        let frame: [UInt8] = WebSocketEncoder.close(.goingAway, String(repeating: "ö", count: 100))
        #expect(frame.prefix(4) == [0x88, 124, 0x03, 0xE9])
        #expect(String(validating: frame[4...], as: UTF8.self)?.count == 61)
        #expect(WebSocketEncoder.close(.abnormal, "x") == [0x88, 0])
    }
}
