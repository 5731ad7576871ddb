// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads one request head, byte for byte, from input that may arrive in any pieces.
///
/// A strict state machine after RFC 9112 §§2–6: what it says about some input does not depend on how the input was split.
/// It keeps offsets only; the caller keeps the bytes until the head is complete.
struct HeadParser {
    /// What some input came to.
    enum Outcome: Equatable {
        /// The input ends within the head.
        case incomplete
        /// The head ends after so many bytes.
        case complete(Int)
        case refused(HTTPRefusal)
    }

    private enum State {
        case start, startLineFeed, method, target, version, versionLineFeed
        case lineStart, name, blanks, value, valueLineFeed, endLineFeed
    }

    let limits: HTTPLimits
    private var state = State.start
    /// How many bytes have been read.
    ///
    /// All offsets count from where the caller says that the head begins.
    private var position = 0
    /// Where the method begins: after at most one empty line (RFC 9112 §2.2).
    private var origin = 0
    private var mark = 0
    private var nameEnd = 0
    private var methodEnd = 0
    private var targetEnd = 0
    private var version = ProtocolVersion()
    private var table: [UInt8] = []
    private var fieldCount = 0
    private var semantics = FieldSemantics()

    init(limits: HTTPLimits) {
        self.limits = limits.clamped
    }

    /// Whether no byte has been read.
    var isFresh: Bool { position == 0 }

    /// Makes the parser ready for another head, keeping its memory.
    mutating func reset() {
        state = .start
        position = 0
        origin = 0
        fieldCount = 0
        table.removeAll(keepingCapacity: true)
        version = ProtocolVersion()
        semantics = FieldSemantics()
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - buffer: Holds the head's bytes so far; those read before are at the same offsets from `base`.
    ///   - base: Where the head begins.
    ///   - end: Where the input ends.
    /// - Returns: What it came to. After `.complete` call `makeHead`, then `reset`; after `.refused` only `reset`.
    mutating func parse(_ buffer: [UInt8], from base: Int, to end: Int) -> Outcome {
        let span = buffer.span
        let stop = min(end - base, limits.headInBytes)
        var index = position
        while index < stop {
            let byte = span[base + index]
            switch state {
            case .start:
                if byte == .carriageReturn {
                    state = .startLineFeed
                    index += 1
                } else {
                    state = .method
                    mark = index
                    origin = index
                }
            case .startLineFeed:
                guard byte == .lineFeed else { return .refused(.bareLineEnd) }
                index += 1
                origin = index
                mark = index
                state = .method
            case .method:
                let limit = min(stop, mark + HTTPLimits.methodInBytes + 1)
                while index < limit, span[base + index].isToken { index += 1 }
                if index == mark + HTTPLimits.methodInBytes + 1 { return .refused(.methodTooLong) }
                guard index < stop else { break }
                guard span[base + index] == .space, index > mark else {
                    return .refused(span[base + index] == .lineFeed ? .bareLineEnd : .badRequestLine)
                }
                methodEnd = index
                index += 1
                mark = index
                state = .target
            case .target:
                let limit = min(stop, mark + limits.targetInBytes + 1)
                while index < limit, span[base + index].isTarget { index += 1 }
                if index == mark + limits.targetInBytes + 1 { return .refused(.targetTooLong) }
                guard index < stop else { break }
                guard span[base + index] == .space, index > mark else {
                    return .refused(span[base + index] == .lineFeed ? .bareLineEnd : .badRequestLine)
                }
                targetEnd = index
                index += 1
                mark = index
                state = .version
            case .version:
                if byte == .carriageReturn {
                    guard version.isComplete else { return .refused(.badRequestLine) }
                    state = .versionLineFeed
                } else if !version.take(byte) {
                    return .refused(byte == .lineFeed ? .bareLineEnd : .badRequestLine)
                }
                index += 1
            case .versionLineFeed:
                guard byte == .lineFeed else { return .refused(.bareLineEnd) }
                index += 1
                guard version.isSupported else { return .refused(.unsupportedVersion) }
                state = .lineStart
            case .lineStart:
                if byte == .carriageReturn {
                    state = .endLineFeed
                    index += 1
                } else {
                    if byte.isBlank { return .refused(.foldedField) }
                    guard fieldCount < limits.fields else { return .refused(.tooManyFields) }
                    mark = index
                    state = .name
                }
            case .name:
                while index < stop, span[base + index].isToken { index += 1 }
                guard index < stop else { break }
                guard span[base + index] == .colon, index > mark else {
                    return .refused(span[base + index] == .lineFeed ? .bareLineEnd : .badField)
                }
                nameEnd = index
                index += 1
                state = .blanks
            case .blanks:
                if byte.isBlank {
                    index += 1
                } else {
                    FieldTable.append(mark - origin, to: &table)
                    FieldTable.append(nameEnd - mark, to: &table)
                    FieldTable.append(index - origin, to: &table)
                    state = .value
                }
            case .value:
                index = span.endOfFieldValue(from: base + index, to: base + stop) - base
                guard index < stop else { break }
                guard span[base + index] == .carriageReturn else {
                    return .refused(span[base + index] == .lineFeed ? .bareLineEnd : .badField)
                }
                index += 1
                state = .valueLineFeed
            case .valueLineFeed:
                guard byte == .lineFeed else { return .refused(.bareLineEnd) }
                let start = origin + FieldTable.read(table.span, table.count - 2)
                var valueEnd = index - 1
                while valueEnd > start, span[base + valueEnd - 1].isBlank { valueEnd -= 1 }
                FieldTable.append(valueEnd - start, to: &table)
                fieldCount += 1
                let name = span.extracting(base + mark..<base + nameEnd)
                let value = span.extracting(base + start..<base + valueEnd)
                if let refusal = semantics.take(name, value, at: start - origin) { return .refused(refusal) }
                index += 1
                state = .lineStart
            case .endLineFeed:
                guard byte == .lineFeed else { return .refused(.bareLineEnd) }
                position = index + 1
                return .complete(position)
            }
        }
        position = index
        return index >= limits.headInBytes ? .refused(.headTooLarge) : .incomplete
    }

    /// Makes the head that `parse` found complete.
    ///
    /// - Parameters:
    ///   - buffer: The same buffer as in `parse`.
    ///   - base: Where the head begins.
    /// - Returns: The head with its own copy of the bytes.
    /// - Throws: Why it is not to be answered by a handler.
    func makeHead(_ buffer: [UInt8], from base: Int) throws(HTTPRefusal) -> RequestHead {
        let span = buffer.span
        let method = HTTPMethod(span.extracting(base + origin..<base + methodEnd))
        guard method != .connect else { throw .connect }
        let targetStart = base + methodEnd + 1
        guard let target = RequestTarget(span.extracting(targetStart..<base + targetEnd), method: method) else {
            throw .badTarget
        }
        let framing = try semantics.framing(minorVersion: version.minor)
        let authority = try semantics.authority(of: target, minorVersion: version.minor)
        guard semantics.expectation != .unknown else { throw .unknownExpectation }
        var flags = semantics.flags
        if semantics.expectation == .proceed, version.minor > 0, framing != .none { flags.insert(.expectsContinue) }

        var storage: [UInt8] = []
        storage.reserveCapacity(position - origin + table.count)
        storage.append(contentsOf: buffer[base + origin..<base + position])
        storage.append(contentsOf: table)
        let shift = methodEnd + 1 - origin
        return RequestHead(
            storage: storage,
            length: position - origin,
            methodLength: UInt8(truncatingIfNeeded: methodEnd - origin),
            minorVersion: version.minor,
            path: target.path.shifted(by: shift),
            query: target.query?.shifted(by: shift),
            authority: target.authority?.shifted(by: shift) ?? authority,
            fieldCount: fieldCount,
            framing: framing,
            flags: flags,
            method: method
        )
    }
}

extension RequestHead.Offsets {
    func shifted(by distance: Int) -> RequestHead.Offsets {
        RequestHead.Offsets(Int(start) + distance, Int(end) + distance)
    }
}
