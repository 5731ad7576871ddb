// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// What a response has that keeps its connection.
extension Connection {
    /// Sends the head of a response that stays open, and lets its owner have it.
    func beginHeld(
        _ response: HTTPResponse,
        _ settings: HTTPHeldBody.Settings,
        _ open: @Sendable (HTTPHeldBody) -> Void
    ) {
        let isChunked = exchange.minorVersion > 0
        if !isChunked { exchange.persists = false }
        sendHead(of: response, isChunked ? .chunked : .untilClose)
        guard !isClosed else { return }
        let body = HTTPHeldBody(connection: self, settings: settings, isChunked: isChunked)
        hold(body, as: .held)
        if !isBlocked { body.rest(self) }
        open(body)
        endIfDraining()
    }

    /// Goes on with WebSocket, and runs its handler.
    func beginWebSocket(_ response: HTTPResponse, _ agreement: WebSocketAgreement) {
        var response = response
        response.status = 101
        response.fields.append("sec-websocket-accept", agreement.upgrade.accept)
        if let name = agreement.subprotocol { response.fields.append("sec-websocket-protocol", name) }
        guard response.fields.isValid else {
            answer(HTTPResponse(status: .internalServerError))
            return endExchange()
        }
        var head: [UInt8] = []
        lane.encoder.append(response.status, response.fields, .none, .upgraded, to: &head)
        sendContent(head)
        guard !isClosed else { return }
        let socket = WebSocket(
            connection: self,
            settings: agreement.settings,
            subprotocol: agreement.subprotocol
        )
        hold(socket, as: .upgraded)
        socket.listen()
        let run = agreement.run
        task = lane.loop.startImmediately {
            await run(socket)
            socket.close()
        }
        endIfDraining()
        // Frames may have come with the request.
        if !isInProcess { advance() }
    }

    /// A server that stops opens nothing that lasts.
    private func endIfDraining() {
        guard lane.isDraining else { return }
        lane.loop.execute { self.holder?.drain() }
    }

    func sendHead(of response: HTTPResponse, _ content: ResponseEncoder.Content) {
        let persistence: ResponseEncoder.Persistence =
            !exchange.persists ? .close : exchange.minorVersion == 0 ? .stated : .assumed
        var head: [UInt8] = []
        lane.encoder.append(response.status, response.fields, content, persistence, to: &head)
        sendContent(head)
    }
}
