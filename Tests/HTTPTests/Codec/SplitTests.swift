// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSHTTP

@Suite struct SplitTests {
    @Test func `a request split at any byte parses the same`() {
        #expect(Corpus.requests.count >= 200)
        for request in Corpus.requests {
            let whole = Parse(request)
            #expect(whole.refusal == nil && whole.isComplete && whole.messages.count == 1, "\(whole)")
            for cut in 1..<request.count where Parse(request, cuts: [cut]) != whole {
                Issue.record("split at \(cut): \(String(decoding: request, as: UTF8.self))")
            }
        }
    }

    @Test func `a request in single bytes parses the same`() {
        for request in Corpus.requests {
            #expect(Parse(request, piece: 1) == Parse(request))
        }
    }

    @Test func `any byte at any place of a long value is judged as it is alone`() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<20 {
                var value = [UInt8](repeating: UInt8(ascii: "a"), count: 20)
                value[place] = byte
                let request = Array("GET / HTTP/1.1\r\nHost: a\r\nX-Long: ".utf8) + value + Array("\r\n\r\n".utf8)
                let isAllowed = byte == 0x09 || (byte >= 0x20 && byte != 0x7F)
                #expect((Parse(request).refusal == nil) == isAllowed)
                #expect(Parse(request, piece: 1) == Parse(request))
            }
        }
    }

    @Test func `pipelined requests in random pieces parse the same`() {
        var random = SplitMix(state: 20_261_121)
        for _ in 0..<200 {
            let chosen = (0..<4).compactMap { _ in Corpus.requests.randomElement(using: &random) }
            let input = Array(chosen.joined())
            let cuts = (0..<8).map { _ in Int.random(in: 1..<input.count, using: &random) }.sorted()
            let whole = Parse(input)
            #expect(whole.messages.count == 4)
            #expect(Parse(input, cuts: cuts) == whole)
        }
    }

    @Test func `a prefix of a request is never complete`() {
        for request in Corpus.requests.prefix(60) {
            for end in 1..<request.count {
                let prefix = Parse(Array(request[..<end]))
                #expect(prefix.refusal == nil)
                #expect(!prefix.isComplete)
                #expect(prefix.messages.isEmpty)
            }
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
