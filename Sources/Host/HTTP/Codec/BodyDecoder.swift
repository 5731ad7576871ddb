// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What some input of a body came to.
enum BodyStep: Equatable {
    /// Content, as a range of the input.
    case data(Range<Int>)
    /// The input is used up.
    case needsMore
    /// The message is complete.
    case end
    case refused(HTTPRefusal)
}

/// Takes the content out of a message, whichever way it is delimited.
struct BodyDecoder {
    private enum Mode {
        case length(Int)
        case chunked(ChunkDecoder)
    }

    private var mode: Mode
    private(set) var isComplete = false

    init(framing: RequestHead.BodyFraming, limits: HTTPLimits) {
        switch framing {
        case .none:
            mode = .length(0)
            isComplete = true
        case .length(let length):
            mode = .length(length)
            isComplete = length == 0
        case .chunked:
            mode = .chunked(ChunkDecoder(limits: limits))
        }
    }

    /// How many bytes are still to come; `nil` if only the chunks will tell.
    var remaining: Int? {
        if isComplete { return 0 }
        if case .length(let remaining) = mode { return remaining }
        return nil
    }

    /// Reads on; see `ChunkDecoder.next`.
    mutating func next(_ buffer: [UInt8], from index: inout Int, to end: Int) -> BodyStep {
        guard !isComplete else { return .end }
        switch mode {
        case .length(let remaining):
            guard index < end else { return .needsMore }
            let start = index
            index += min(remaining, end - index)
            mode = .length(remaining - (index - start))
            isComplete = remaining == index - start
            return .data(start..<index)
        case .chunked(var decoder):
            let step = decoder.next(buffer, from: &index, to: end)
            mode = .chunked(decoder)
            if step == .end { isComplete = true }
            return step
        }
    }
}
