// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Decodes a chunked body (RFC 9112 §7.1), byte for byte, from input that may arrive in any pieces.
///
/// Chunk extensions are read and ignored, trailer fields are checked and dropped; both are bounded.
struct ChunkDecoder {
    private enum State {
        case size, extensions, sizeLineFeed, data, dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, endLineFeed
    }

    private let limits: HTTPLimits
    private var state = State.size
    private var remaining = 0
    private var digits = 0
    private var extensionBytes = 0
    private var trailerBytes = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - buffer: Holds the input.
    ///   - index: Where the input begins; afterwards, what has been read.
    ///   - end: Where the input ends.
    /// - Returns: What it came to.
    mutating func next(_ buffer: [UInt8], from index: inout Int, to end: Int) -> BodyStep {
        let span = buffer.span
        while index < end {
            let byte = span[index]
            switch state {
            case .data:
                let start = index
                index += min(remaining, end - index)
                remaining -= index - start
                if remaining == 0 { state = .dataReturn }
                return .data(start..<index)
            case .size:
                if let digit = byte.hexadecimalValue {
                    // 15 digits fit an Int; a longer row of zeros serves nobody either.
                    guard digits < 15 else { return .refused(.badChunk) }
                    remaining = remaining << 4 | digit
                    digits += 1
                } else if digits > 0, byte == .carriageReturn {
                    state = .sizeLineFeed
                } else if digits > 0, byte == .semicolon {
                    state = .extensions
                } else {
                    return .refused(byte == .lineFeed ? .bareLineEnd : .badChunk)
                }
            case .extensions:
                if byte == .carriageReturn {
                    state = .sizeLineFeed
                } else {
                    guard byte.isFieldValue else { return .refused(byte == .lineFeed ? .bareLineEnd : .badChunk) }
                    extensionBytes += 1
                    guard extensionBytes <= limits.chunkExtensionsInBytes else { return .refused(.badChunk) }
                }
            case .sizeLineFeed:
                guard byte == .lineFeed else { return .refused(.bareLineEnd) }
                digits = 0
                state = remaining == 0 ? .trailerStart : .data
            case .dataReturn:
                guard byte == .carriageReturn else { return .refused(.badChunk) }
                state = .dataLineFeed
            case .dataLineFeed:
                guard byte == .lineFeed else { return .refused(.bareLineEnd) }
                state = .size
            default:
                switch takeTrailer(byte) {
                case .data: break
                case .end:
                    index += 1
                    return .end
                case let step: return step
                }
            }
            index += 1
        }
        return .needsMore
    }

    /// Takes a byte behind the last chunk; `.data` means to go on.
    private mutating func takeTrailer(_ byte: UInt8) -> BodyStep {
        trailerBytes += 1
        guard trailerBytes <= limits.trailersInBytes else { return .refused(.headTooLarge) }
        switch state {
        case .trailerStart where byte == .carriageReturn:
            state = .endLineFeed
        case .trailerStart:
            guard byte.isToken else { return .refused(byte == .lineFeed ? .bareLineEnd : .badTrailer) }
            state = .trailerName
        case .trailerName:
            guard byte.isToken || byte == .colon else {
                return .refused(byte == .lineFeed ? .bareLineEnd : .badTrailer)
            }
            if byte == .colon { state = .trailerValue }
        case .trailerValue where byte == .carriageReturn:
            state = .trailerLineFeed
        case .trailerValue:
            guard byte.isFieldValue else { return .refused(byte == .lineFeed ? .bareLineEnd : .badTrailer) }
        case .trailerLineFeed:
            guard byte == .lineFeed else { return .refused(.bareLineEnd) }
            state = .trailerStart
        default:
            return byte == .lineFeed ? .end : .refused(.bareLineEnd)
        }
        return .data(0..<0)
    }
}
