// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What libFuzzer calls with each input; compiled together with the codec's sources by `scripts/fuzz`.
///
/// The first byte says how the rest is cut into pieces; whatever it says, the codec must say the same, must never take
/// input back, and must keep every offset inside its message.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let whole = Reading(input, piece: .max)
    let cut = Reading(input, piece: Int(start[0]) % 64 + 1)
    precondition(whole == cut, "the codec depends on how the input is cut")
    whole.check()
    let frames = FrameReading(input, piece: .max)
    precondition(
        frames == FrameReading(input, piece: Int(start[0]) % 64 + 1),
        "the decoder depends on how the input is cut"
    )
    return 0
}

/// Everything the WebSocket decoder says about some input.
struct FrameReading: Equatable {
    var events: [WebSocketDecoder.Event] = []

    init(_ input: [UInt8], piece: Int) {
        var limits = WebSocketLimits()
        // Small, so that the fuzzer reaches them.
        limits.frameInBytes = 200
        limits.messageInBytes = 300
        limits.fragments = 6
        var decoder = WebSocketDecoder(limits: limits)
        var index = 0
        var end = 0
        while end < input.count {
            end = piece < input.count - end ? end + piece : input.count
            reading: while true {
                let before = index
                let event = decoder.next(input, from: &index, to: end)
                precondition(index >= before && index <= end)
                switch event {
                case .needsMore:
                    precondition(index == end)
                    break reading
                case .message(.text(let text)): precondition(text.utf8.count <= 300)
                case .message(.binary(let bytes)): precondition(bytes.count <= 300)
                case .ping(let payload), .pong(let payload): precondition(payload.count <= 125)
                case .close(let code, let reason):
                    precondition(reason.utf8.count <= 123 && (code.maySend || reason.isEmpty))
                case .failed: precondition(decoder.isFinished)
                }
                events.append(event)
            }
        }
    }
}

/// Everything the codec says about some input.
struct Reading: Equatable {
    var heads: [[UInt8]] = []
    var bodies: [[UInt8]] = []
    var refusal: HTTPRefusal?
    var ranges: [[Range<Int>]] = []

    init(_ input: [UInt8], piece: Int) {
        var limits = HTTPLimits()
        // Small, so that the fuzzer reaches them.
        limits.headInBytes = 512
        limits.targetInBytes = 96
        limits.fields = 12
        limits.chunkExtensionsInBytes = 24
        limits.trailersInBytes = 48
        var parser = HeadParser(limits: limits)
        var decoder = BodyDecoder(framing: .none, limits: limits)
        var head: RequestHead?
        var body: [UInt8] = []
        var index = 0
        var end = 0
        while end < input.count {
            end = piece < input.count - end ? end + piece : input.count
            reading: while true {
                if let complete = head {
                    while !decoder.isComplete {
                        let before = index
                        switch decoder.next(input, from: &index, to: end) {
                        case .data(let range):
                            precondition(range.lowerBound >= before && range.upperBound == index && !range.isEmpty)
                            body += input[range]
                        case .needsMore:
                            precondition(index == end)
                            break reading
                        case .end: break
                        case .refused(let why):
                            refusal = why
                            return
                        }
                    }
                    add(complete, body)
                    head = nil
                    body = []
                }
                guard index < end else { break }
                switch parser.parse(input, from: index, to: end) {
                case .incomplete: break reading
                case .refused(let why):
                    refusal = why
                    return
                case .complete(let length):
                    precondition(length > 0 && index + length <= end)
                    do throws(HTTPRefusal) {
                        let complete = try parser.makeHead(input, from: index)
                        decoder = BodyDecoder(framing: complete.framing, limits: limits)
                        head = complete
                    } catch {
                        refusal = error
                        return
                    }
                    index += length
                    parser.reset()
                }
            }
        }
    }

    private mutating func add(_ head: RequestHead, _ body: [UInt8]) {
        heads.append(head.bytes)
        bodies.append(body)
        var all = [head.methodRange, head.pathRange]
        if let query = head.queryRange { all.append(query) }
        if let authority = head.authorityRange { all.append(authority) }
        for index in 0..<head.count {
            let field = head.field(at: index)
            all += [field.name, field.value]
        }
        ranges.append(all)
    }

    /// What holds for every accepted message.
    func check() {
        for (head, ranges) in zip(heads, ranges) {
            precondition(ranges.allSatisfy { $0.upperBound <= head.count })
            precondition(!ranges[1].isEmpty)
            for range in ranges {
                precondition(head[range].allSatisfy { $0 != 0 && $0 != 10 && $0 != 13 })
            }
        }
    }
}
