// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver

extension Connection {
    /// How far some input was used.
    private enum Progress {
        case drained
        /// A head begins at the offset and is incomplete.
        case partial(Int)
        /// Whatever follows the offset has to wait.
        case stopped(Int)
        /// A request with a body that begins at the offset.
        case body(RequestHead, Int)
    }

    /// Does everything that can be done now: reads, answers, sends.
    func advance() {
        var reads = 0
        while true {
            switch phase {
            case .reading where isBlocked:
                return
            case .reading where hasUnparsedInput:
                processPending()
            case .reading where canRead:
                // One client must not keep the loop from the others.
                if reads == 16 { return yieldTurn() }
                reads += 1
                readHeads()
            case .reading:
                flush()
                guard phase == .reading, !isBlocked else { return }
                if partialHead == nil { deadline = lane.tick &+ lane.settings.idleTicks }
                if lane.isDraining, partialHead == nil { beginClosing() }
                return
            case .handling:
                if canRead, let bodyStream, bodyStream.isWaiting { bodyStream.wake() }
                return flush()
            case .upgraded:
                guard !feedHolder(&reads) else { continue }
                return reads < 16 ? flush() : yieldTurn()
            case .held:
                return flush()
            case .draining:
                guard dropBody() else { return flush() }
            case .lingering:
                return dropInput()
            case .closing:
                return flush()
            case .handshaking, .closed:
                return
            }
        }
    }

    private var hasUnparsedInput: Bool { partialHead == nil && pendingStart < pending.count }

    private func beginClosing() {
        phase = .closing
        needsLinger = true
        flush()
    }

    private func yieldTurn() {
        flush()
        lane.loop.execute { if !self.isClosed { self.advance() } }
    }

    private func readHeads() {
        var buffer = lane.takeReadBuffer()
        let transfer = receive(&buffer)
        guard case .moved(let count) = transfer else {
            lane.returnReadBuffer(buffer)
            return endInput(transfer)
        }
        if partialHead != nil {
            pending.append(contentsOf: buffer[..<count])
            lane.returnReadBuffer(buffer)
            return processPending()
        }
        let progress = consume(buffer, from: 0, to: count)
        switch progress {
        case .drained: break
        case .partial(let start), .stopped(let start), .body(_, let start):
            if start < count { pending = Array(buffer[start..<count]) }
        }
        lane.returnReadBuffer(buffer)
        if case .body(let head, _) = progress { dispatch(head) }
    }

    private func endInput(_ transfer: Transfer) {
        if case .wouldBlock = transfer {
            canRead = false
            return
        }
        if case .failed = transfer { return close() }
        // The peer sends nothing more. What it sent whole is answered; a head that is not complete never will be.
        canRead = false
        flush()
        guard phase == .reading else { return }
        if isBlocked { phase = .closing } else { close() }
    }

    private func processPending() {
        // Taken out, so that what is left in `pending` is what follows the request that is being answered.
        let buffer = pending
        let start = pendingStart
        releasePending()
        let progress = consume(buffer, from: start, to: buffer.count)
        switch progress {
        case .drained: break
        case .partial(let start):
            pending = start == 0 ? buffer : Array(buffer[start...])
        case .stopped(let start), .body(_, let start):
            guard start < buffer.count else { break }
            pending = buffer
            pendingStart = start
        }
        if case .body(let head, _) = progress { dispatch(head) }
    }

    func releasePending() {
        pending = []
        pendingStart = 0
    }

    private func consume(_ buffer: [UInt8], from start: Int, to end: Int) -> Progress {
        var parser = takeParser()
        var index = start
        while index < end {
            switch parser.parse(buffer, from: index, to: end) {
            case .incomplete:
                if let partialHead {
                    partialHead.parser = parser
                } else {
                    partialHead = PartialHead(parser)
                    deadline = lane.tick &+ lane.settings.headTicks
                }
                return .partial(index)
            case .refused(let refusal):
                refuse(refusal)
                return .stopped(end)
            case .complete(let length):
                partialHead = nil
                let head: RequestHead
                do {
                    head = try parser.makeHead(buffer, from: index)
                } catch {
                    refuse(error)
                    return .stopped(end)
                }
                index += length
                parser.reset()
                if head.framing != .none {
                    lane.parser = parser
                    return .body(head, index)
                }
                inputFollows = index < end
                dispatch(head)
                inputFollows = false
                guard phase == .reading else {
                    lane.parser = parser
                    return .stopped(index)
                }
                if lane.writeBuffer.count > 60_000 {
                    flush()
                    if isBlocked || phase != .reading {
                        lane.parser = parser
                        return .stopped(index)
                    }
                }
            }
        }
        lane.parser = parser
        return .drained
    }

    private func takeParser() -> HeadParser {
        if let partialHead { return partialHead.parser }
        return lane.parser.take() ?? HeadParser(limits: lane.settings.limits)
    }

    /// Hands a request to the handler, which may answer before this returns.
    private func dispatch(_ head: RequestHead) {
        phase = .handling
        becomeActive()
        deadline = .max
        exchange = Exchange(head)
        var body = HTTPRequestBody.Source.none
        if head.framing != .none {
            let stream = RequestBodyStream(connection: self, head: head, limits: lane.settings.limits)
            stream.totalDeadline = lane.tick &+ lane.settings.bodyTicks
            bodyStream = stream
            body = .live(stream)
        }
        let request = HTTPRequest(
            head: head,
            body: HTTPRequestBody(source: body),
            peerAddress: peerAddress,
            peerPort: peerPort,
            isSecure: tls != nil
        )
        isInProcess = true
        if let immediate = lane.immediate?(request), !immediate.body.isStream {
            _ = begin(immediate)
            isInProcess = false
            return
        }
        let started = lane.loop.startImmediately { [self] in
            let response = await lane.handler(request)
            if let content = begin(response) { await send(content) }
        }
        isInProcess = false
        if phase == .handling { task = started }
    }

    /// Answers what no handler is to see, and closes.
    func refuse(_ refusal: HTTPRefusal) {
        lane.counters.countRefused()
        lane.settings.onRefusal?(refusal, peerAddress)
        partialHead = nil
        releasePending()
        exchange = Exchange()
        exchange.persists = false
        needsLinger = true
        phase = .closing
        answer(refusal.response)
    }

    func receive(_ buffer: inout [UInt8]) -> Transfer {
        if let tls { return Transfer(tls.read(into: &buffer)) }
        let transfer = socket.read(into: &buffer)
        // Less than there was room for means that the kernel has no more, unless the end is what follows.
        if case .moved(let count) = transfer, count < buffer.count, !hasHungUp { canRead = false }
        return transfer
    }

    /// Drops what arrives after the last answer, until the client ends too.
    private func dropInput() {
        var buffer = lane.takeReadBuffer()
        defer { lane.returnReadBuffer(buffer) }
        while canRead {
            // The plain socket even under TLS: nobody is going to read it.
            switch socket.read(into: &buffer) {
            case .moved(let count):
                dropped += count
                if dropped > 1_048_576 { return close() }
            case .wouldBlock: canRead = false
            case .ended, .failed: return close()
            }
        }
    }
}

extension Lane {
    func takeReadBuffer() -> [UInt8] {
        let buffer = readBuffer
        readBuffer = []
        return buffer
    }

    func returnReadBuffer(_ buffer: consuming [UInt8]) {
        readBuffer = buffer
    }
}
