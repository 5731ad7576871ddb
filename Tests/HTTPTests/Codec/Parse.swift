// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

@testable import LMSHTTP

/// What the codec says about some input: every request of it in full, and how it ended.
struct Parse: Equatable {
    struct Message: Equatable {
        var method: HTTPMethod
        var path: String
        var query: String?
        var authority: String
        var fields: [[String]]
        var body: [UInt8]
    }

    private(set) var messages: [Message] = []
    private(set) var refusal: HTTPRefusal?
    private var isDone = true
    var isComplete: Bool { isDone && refusal == nil }

    static func == (left: Parse, right: Parse) -> Bool {
        left.messages == right.messages && left.refusal == right.refusal && left.isComplete == right.isComplete
    }

    /// Parses input that arrives in pieces of one size.
    init(_ input: [UInt8], piece: Int = .max) {
        var cuts: [Int] = []
        if piece < input.count {
            for cut in stride(from: piece, to: input.count, by: piece) { cuts.append(cut) }
        }
        self.init(input, cuts: cuts)
    }

    /// Parses input that arrives in pieces.
    init(_ input: [UInt8], cuts: [Int]) {
        var parser = HeadParser(limits: HTTPLimits())
        var head: RequestHead?
        var decoder = BodyDecoder(framing: .none, limits: HTTPLimits())
        var body: [UInt8] = []
        var index = 0
        // Only what has arrived is shown to the codec, so that it cannot look ahead.
        var arrived: [UInt8] = []
        for end in cuts + [input.count] {
            arrived.append(contentsOf: input[arrived.count..<end])
            reading: while true {
                if head == nil {
                    guard index < end else { break reading }
                    switch parser.parse(arrived, from: index, to: end) {
                    case .incomplete:
                        isDone = false
                        break reading
                    case .refused(let refusal):
                        self.refusal = refusal
                        return
                    case .complete(let length):
                        do throws(HTTPRefusal) {
                            let complete = try parser.makeHead(arrived, from: index)
                            head = complete
                            decoder = BodyDecoder(framing: complete.framing, limits: HTTPLimits())
                        } catch {
                            refusal = error
                            return
                        }
                        isDone = true
                        body = []
                        parser.reset()
                        index += length
                    }
                }
                guard let complete = head else { break }
                while !decoder.isComplete {
                    switch decoder.next(arrived, from: &index, to: end) {
                    case .data(let range): body.append(contentsOf: arrived[range])
                    case .needsMore:
                        isDone = false
                        break reading
                    case .end: break
                    case .refused(let refusal):
                        self.refusal = refusal
                        return
                    }
                }
                isDone = true
                messages.append(Message(complete, body: body))
                head = nil
            }
        }
    }
}

extension Parse.Message {
    init(_ head: RequestHead, body: [UInt8]) {
        method = head.method
        path = head.text(head.pathRange)
        query = head.queryRange.map { head.text($0) }
        authority = head.authorityRange.map { head.text($0) } ?? ""
        fields = (0..<head.count).map { index in
            let field = head.field(at: index)
            return [head.text(field.name), head.text(field.value)]
        }
        self.body = body
    }
}
