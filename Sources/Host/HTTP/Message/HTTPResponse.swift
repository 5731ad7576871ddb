// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The answer to one request.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: HTTPStatus
    /// The fields; the server adds date, framing and connection.
    public var fields: HTTPFields
    /// The content.
    ///
    /// For HEAD give what GET would give: it is measured and not sent.
    public var body: Body
    /// Whether the connection ends after it.
    public var connection = Connection.kept

    /// What becomes of the connection.
    @nonexhaustive
    public enum Connection: Sendable, Hashable {
        /// It serves the next request if the client wants that.
        case kept
        /// It is closed.
        case closed
    }

    /// The content of a response.
    @nonexhaustive
    public enum Body: Sendable {
        /// No content.
        case none
        /// All of it at hand; sent with its length.
        case bytes([UInt8])
        /// Written piece by piece.
        ///
        /// With a length it is sent with that length, and writing more or less breaks the connection; without, in chunks.
        /// The closure runs on the request's event loop after the head went out. If it throws, the connection is
        /// broken, so that the client sees that the content is incomplete.
        case stream(length: Int?, @Sendable (HTTPBodyWriter) async throws -> Void)
        /// Kept open for whoever has something to send now and then; in chunks.
        ///
        /// The closure runs on the request's event loop after the head went out, and must not block.
        case held(HTTPHeldBody.Settings, @Sendable (HTTPHeldBody) -> Void)
        /// None: the connection goes on with WebSocket. The status becomes 101.
        case webSocket(WebSocketAgreement)
    }

    /// Makes a response.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - fields: The fields.
    ///   - body: The content.
    public init(status: HTTPStatus, fields: HTTPFields = HTTPFields(), body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

extension HTTPResponse.Body {
    var isStream: Bool {
        switch self {
        case .stream, .held, .webSocket: true
        case .none, .bytes: false
        }
    }
}
