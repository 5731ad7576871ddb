// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver

extension Connection {
    /// Whether the client has not taken what was sent.
    var isBlocked: Bool { unsentStart < unsent.count }

    /// Sends a response or its head, and ends the exchange if nothing follows.
    ///
    /// - Parameter response: The handler's response.
    /// - Returns: The content that has to be streamed.
    func begin(_ response: HTTPResponse) -> StreamedContent? {
        guard phase == .handling else { return nil }
        var response = response
        if !response.fields.isValid {
            response = HTTPResponse(status: .internalServerError)
        }
        if response.connection == .closed { exchange.persists = false }
        if let bodyStream {
            bodyStream.detach()
            let remaining = bodyStream.decoder.remaining ?? 0
            if bodyStream.awaitsContinue || remaining > lane.settings.drainLimit || bodyStream.isBroken {
                exchange.persists = false
            }
        }
        // What has been read of a further request is answered too, before the connection ends.
        if lane.isDraining, !inputFollows, pendingStart == pending.count { exchange.persists = false }
        if case .webSocket(let agreement) = response.body, !exchange.isHead {
            beginWebSocket(response, agreement)
            return nil
        }
        if !response.status.forbidsContent, !exchange.isHead {
            switch response.body {
            case .stream(let length, let write): return beginStream(response, length: length, write)
            case .held(let settings, let open):
                beginHeld(response, settings, open)
                return nil
            case .none, .bytes, .webSocket: break
            }
        }
        answer(response)
        endExchange()
        return nil
    }

    /// Appends a response whose content is at hand to the output.
    func answer(_ response: HTTPResponse) {
        var content: [UInt8] = []
        var framing = ResponseEncoder.Content.length(0)
        switch response.body {
        case .none: break
        case .bytes(let bytes):
            content = bytes
            framing = .length(bytes.count)
        case .stream(let length, _):
            framing = length.map { .length($0) } ?? .none
        case .held, .webSocket: framing = .none
        }
        if response.status.forbidsContent {
            framing = .none
            content = []
        } else if exchange.isHead {
            content = []
        }
        append(response, framing, content)
    }

    private func append(_ response: HTTPResponse, _ framing: ResponseEncoder.Content, _ content: [UInt8]) {
        let persistence: ResponseEncoder.Persistence =
            !exchange.persists ? .close : exchange.minorVersion == 0 ? .stated : .assumed
        if isBlocked {
            lane.encoder.append(response.status, response.fields, framing, persistence, to: &unsent)
            unsent.append(contentsOf: content)
            return
        }
        lane.claimOutput(slot)
        lane.encoder.append(response.status, response.fields, framing, persistence, to: &lane.writeBuffer)
        if content.count < 32_768 || tls != nil {
            lane.writeBuffer.append(contentsOf: content)
        } else {
            sendLarge(content)
        }
    }

    /// Sends the output and a large content without copying it.
    private func sendLarge(_ content: [UInt8]) {
        let head = lane.writeBuffer.count
        var sent = 0
        sending: while sent < head + content.count {
            switch socket.write(lane.writeBuffer, content, from: sent) {
            case .moved(let count): sent += count
            case .wouldBlock: break sending
            case .ended, .failed:
                lane.discardOutput()
                return close()
            }
        }
        if sent >= head {
            unsent = content
            unsentStart = sent - head
        } else {
            unsent = Array(lane.writeBuffer[sent...]) + content
            unsentStart = 0
        }
        lane.discardOutput()
        if isBlocked { block() } else { releaseUnsent() }
    }

    /// Decides what comes after an exchange.
    func endExchange() {
        guard phase == .handling else { return }
        task = nil
        writer = nil
        if !exchange.persists {
            if bodyStream != nil || pendingStart < pending.count { needsLinger = true }
            bodyStream = nil
            releasePending()
            phase = .closing
        } else if let bodyStream, !bodyStream.decoder.isComplete {
            phase = .draining
        } else {
            bodyStream = nil
            phase = .reading
        }
        if !isInProcess { advance() }
    }

    /// Appends bytes to the output and sends them.
    func sendContent(_ bytes: [UInt8]) {
        output { $0.append(contentsOf: bytes) }
    }

    /// Appends to the output and sends it; a closed connection must leave nothing there, which the next one would send.
    func output(_ append: (inout [UInt8]) -> Void) {
        guard !isClosed else { return }
        if isBlocked {
            append(&unsent)
        } else {
            lane.claimOutput(slot)
            append(&lane.writeBuffer)
            flush()
        }
    }

    /// Sends what is in the output, as far as the client takes it.
    func flush() {
        guard phase != .closed else { return }
        if isBlocked {
            flushUnsent()
        } else if !lane.writeBuffer.isEmpty {
            var sent = 0
            let count = lane.writeBuffer.count
            sending: while sent < count {
                switch send(lane.writeBuffer, sent..<count) {
                case .moved(let moved): sent += moved
                case .wouldBlock: break sending
                case .ended, .failed:
                    lane.discardOutput()
                    return close()
                }
            }
            if sent < count {
                unsent = Array(lane.writeBuffer[sent...])
                unsentStart = 0
                block()
            }
            lane.discardOutput()
        }
        if phase == .closing, !isBlocked { finishClosing() }
    }

    private func flushUnsent() {
        while isBlocked {
            switch send(unsent, unsentStart..<unsent.count) {
            case .moved(let moved):
                unsentStart += moved
                deadline = lane.tick &+ lane.settings.writeTicks
            case .wouldBlock: return
            case .ended, .failed: return close()
            }
        }
        releaseUnsent()
        deadline = .max
        if let bodyStream, bodyStream.isWaiting { awaitBody(bodyStream) }
        let waiting = writer
        writer = nil
        waiting?.wake()
        holder?.didDrain()
    }

    private func send(_ bytes: [UInt8], _ range: Range<Int>) -> Transfer {
        if let tls { return Transfer(tls.write(bytes, in: range)) }
        return socket.write(bytes, in: range)
    }

    private func block() {
        deadline = lane.tick &+ lane.settings.writeTicks
    }

    private func releaseUnsent() {
        unsent = []
        unsentStart = 0
    }

    /// Everything is sent.
    private func finishClosing() {
        guard needsLinger, !(hasHungUp && !canRead) else { return close() }
        tls?.close()
        socket.shutdownWrite()
        phase = .lingering
        dropped = 0
        deadline = lane.tick &+ lane.settings.lingerTicks
        canRead = true
        advance()
    }
}

extension Lane {
    /// Says who writes to the output.
    ///
    /// Bytes for one client in another's output must never happen: rather stop.
    func claimOutput(_ slot: Int) {
        if writeBuffer.isEmpty { outputOwner = slot }
        precondition(outputOwner == slot, "the output belongs to another connection")
    }

    /// Empties the output; a buffer that one big answer has grown is given back.
    func discardOutput() {
        if writeBuffer.capacity > 262_144 {
            writeBuffer = []
            writeBuffer.reserveCapacity(65_536)
        } else {
            writeBuffer.removeAll(keepingCapacity: true)
        }
    }
}
