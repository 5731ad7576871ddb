// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a server answers who wishes a WebSocket: that, how, and who talks.
public struct WebSocketAgreement: Sendable {
    let upgrade: WebSocketUpgrade
    let subprotocol: String?
    let settings: WebSocketSettings
    let run: @Sendable (WebSocket) async -> Void

    /// Agrees.
    ///
    /// - Parameters:
    ///   - upgrade: The client's wish.
    ///   - subprotocol: One of those that it offers; `nil` for none.
    ///   - settings: How the WebSocket behaves.
    ///   - run: Talks to the client, on the connection's loop; the WebSocket is closed when it returns, and its task is cancelled when the
    ///     connection ends.
    public init(
        to upgrade: WebSocketUpgrade,
        subprotocol: String? = nil,
        settings: WebSocketSettings = WebSocketSettings(),
        run: @escaping @Sendable (WebSocket) async -> Void
    ) {
        self.upgrade = upgrade
        self.subprotocol = subprotocol
        self.settings = settings
        self.run = run
    }
}
