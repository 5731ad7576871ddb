// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

extension Connection {
    /// Takes the next piece of the body that has arrived, for the handler.
    ///
    /// - Parameter stream: The body, which is told of its end and of errors.
    /// - Returns: The piece; `nil` if the body has ended or the handler has to wait.
    func takeBody(_ stream: RequestBodyStream) -> [UInt8]? {
        if stream.awaitsContinue {
            stream.awaitsContinue = false
            if pendingStart == pending.count {
                sendContent(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
                guard phase == .handling else { return nil }
            }
        }
        while true {
            while pendingStart < pending.count {
                switch stream.decoder.next(pending, from: &pendingStart, to: pending.count) {
                case .data(let range):
                    let piece = Array(pending[range])
                    // The handler's own time is not the client's.
                    if !isBlocked { deadline = .max }
                    if pendingStart == pending.count { releasePending() }
                    return piece
                case .needsMore: break
                case .end:
                    if !isBlocked { deadline = .max }
                    return nil
                case .refused(let refusal):
                    stream.fail(.malformed(refusal))
                    return nil
                }
            }
            releasePending()
            guard canRead, readBody(stream) else { break }
        }
        if stream.failure == nil, phase == .handling, !isBlocked { awaitBody(stream) }
        return nil
    }

    /// Gives the client its time for the next piece.
    func awaitBody(_ stream: RequestBodyStream) {
        deadline = min(lane.tick &+ lane.settings.bodyIdleTicks, stream.totalDeadline)
    }

    /// Reads into `pending`, which is empty.
    ///
    /// - Returns: Whether there is something new.
    private func readBody(_ stream: RequestBodyStream) -> Bool {
        var buffer = lane.takeReadBuffer()
        defer { lane.returnReadBuffer(buffer) }
        switch receive(&buffer) {
        case .moved(let count):
            pending = Array(buffer[..<count])
            return true
        case .wouldBlock:
            canRead = false
            return false
        case .ended, .failed:
            canRead = false
            stream.fail(.disconnected)
            exchange.persists = false
            return false
        }
    }

    /// Drops what is left of a body after its request was answered.
    ///
    /// - Returns: Whether the next request may begin, or the phase has changed otherwise.
    func dropBody() -> Bool {
        guard let stream = bodyStream else {
            phase = .reading
            return true
        }
        while !stream.decoder.isComplete {
            if pendingStart == pending.count {
                releasePending()
                guard canRead, readBody(stream) else {
                    if stream.failure == .disconnected, !canRead, hasHungUp {
                        close()
                        return true
                    }
                    awaitBody(stream)
                    return false
                }
            }
            switch stream.decoder.next(pending, from: &pendingStart, to: pending.count) {
            case .data(let range):
                dropped += range.count
                if dropped > lane.settings.drainLimit { return endDropping() }
            case .needsMore, .end: break
            case .refused: return endDropping()
            }
        }
        bodyStream = nil
        dropped = 0
        if pendingStart == pending.count { releasePending() }
        phase = .reading
        return true
    }

    private func endDropping() -> Bool {
        bodyStream = nil
        releasePending()
        needsLinger = true
        phase = .closing
        return true
    }
}
