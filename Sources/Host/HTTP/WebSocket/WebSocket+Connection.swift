// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// What happens on the loop.
extension WebSocket: ConnectionHolder {
    var wantsInput: Bool { pendingEnd == nil && (isClosing || inbox.count < settings.incomingLimit) }

    func take(_ input: [UInt8], from index: inout Int, to end: Int) {
        if !isClosing, pendingEnd == nil { listen() }
        // While it closes only the peer's close frame matters; what comes before is read and dropped.
        while connection?.phase == .upgraded, wantsInput {
            switch decoder.next(input, from: &index, to: end) {
            case .needsMore: return
            case .message(let message):
                guard !isClosing else { break }
                inbox.append(message)
                wake()
            case .ping(let payload): pong(payload)
            case .pong: break
            case .close(let code, _):
                if ending == nil { ending = code }
                endAfterMessages(code == .noStatus ? .normal : code, "")
            case .failed(let failure):
                ending = failure.closeCode
                endAfterMessages(failure.closeCode, failure.rawValue)
            }
        }
    }

    func didDrain() {
        guard let connection else { return }
        guard !isClosing, pendingEnd == nil else { return setDeadline(settings.closeTimeout) }
        listen()
        if let payload = latePong {
            latePong = nil
            pong(payload)
        }
        flush()
        tellDrained()
        if !connection.isClosed, connection.canRead || connection.pendingStart < connection.pending.count {
            loop.execute { self.connection?.advance() }
        }
    }

    func expire() {
        guard let connection else { return }
        if isClosing { return connection.abort() }
        if pendingEnd != nil { return finishPendingEnd() }
        // What it sent may be waiting behind a handler that takes its time.
        guard wantsInput else { return listen() }
        if awaitsPong {
            ending = .abnormal
            return connection.abort()
        }
        awaitsPong = true
        setDeadline(settings.pongTimeout)
        sendFrame(.ping, [])
    }

    func drain() { shut(.goingAway, "the server stops") }

    func didClose() {
        connection = nil
        drained = []
        if ending == nil { ending = .abnormal }
        outbox.close()
        wake()
    }

    func tellDrained() {
        // An action may send so much that the others go on waiting.
        while let connection, !connection.isClosed, !connection.isBlocked, !drained.isEmpty {
            drained.removeFirst().action()
        }
    }

    /// Sends what waits, if the client takes it.
    func flush() {
        guard let connection, !connection.isClosed, !isClosing else { return }
        guard !connection.isBlocked else { return outbox.postpone() }
        let bytes = outbox.takeAll()
        if !bytes.isEmpty { connection.sendContent(bytes) }
    }

    /// Begins to close, after what waits was sent.
    func shut(_ code: WebSocketCloseCode, _ reason: String) {
        guard let connection, connection.phase == .upgraded, !isClosing else { return }
        guard pendingEnd == nil else { return finishPendingEnd() }
        let rest = outbox.finish()
        if ending == nil { ending = code }
        isClosing = true
        // The deadline first: what cannot be sent sets its own.
        setDeadline(settings.closeTimeout)
        connection.sendContent(rest + WebSocketEncoder.close(code, reason))
        wake()
        // The peer's close frame may be there already, held back with other messages.
        inbox = []
        connection.advance()
    }

    /// Closes without a word of the peer: it would not come.
    func leave(_ code: WebSocketCloseCode, _ reason: String) {
        guard let connection, connection.phase == .upgraded, !isClosing else { return }
        ending = code
        end(connection, with: WebSocketEncoder.close(code, reason))
        setDeadline(settings.closeTimeout)
        connection.advance()
    }

    /// Lets the handler answer what came before, as far as it does so within the time for closing.
    private func endAfterMessages(_ code: WebSocketCloseCode, _ reason: String) {
        if isClosing || (inbox.isEmpty && waiter != nil) { return answerClose(code, reason) }
        pendingEnd = (code, reason)
        setDeadline(settings.closeTimeout)
    }

    /// Ends what was to end after the messages; not from within `take`.
    func finishPendingEnd() {
        guard let (code, reason) = pendingEnd else { return }
        pendingEnd = nil
        answerClose(code, reason)
        connection?.advance()
    }

    /// Answers the peer's close frame, or its mistake, and ends.
    private func answerClose(_ code: WebSocketCloseCode, _ reason: String) {
        guard let connection, !connection.isClosed else { return }
        end(connection, with: isClosing ? [] : outbox.finish() + WebSocketEncoder.close(code, reason))
    }

    private func end(_ connection: Connection, with last: [UInt8]) {
        isClosing = true
        outbox.close()
        if !last.isEmpty { connection.sendContent(last) }
        guard !connection.isClosed else { return }
        connection.needsLinger = true
        connection.phase = .closing
        wake()
    }

    private func pong(_ payload: [UInt8]) {
        guard let connection, !isClosing else { return }
        if connection.isBlocked { latePong = payload } else { sendFrame(.pong, payload) }
    }

    private func sendFrame(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        var frame: [UInt8] = []
        WebSocketEncoder.append(opcode, payload, to: &frame)
        connection?.sendContent(frame)
    }

    /// Waits for the client to say something.
    func listen() {
        awaitsPong = false
        setDeadline(settings.pingInterval)
    }

    private func setDeadline(_ time: Duration) {
        guard let connection, !connection.isBlocked else { return }
        connection.deadline = connection.lane.tick &+ connection.lane.settings.ticks(time)
    }

    private func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }
}
