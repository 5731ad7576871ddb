// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Why a body could not be read or written to its end.
@nonexhaustive
public enum HTTPBodyError: Error, Sendable, Hashable {
    /// The request's body is longer than the route allows: 413. The connection is closed after the answer.
    case tooLarge(limitInBytes: Int)
    /// The request's body is not delimited as HTTP says: 400. The connection is closed after the answer.
    case malformed(HTTPRefusal)
    /// The request's body did not arrive in time: 408. The connection is closed after the answer.
    case timedOut
    /// The client is gone, or the request was answered already; an answer would reach nobody.
    case disconnected
    /// More or less was written than the length that the response announced.
    case lengthMismatch

    /// The status to answer with.
    public var status: HTTPStatus {
        switch self {
        case .tooLarge: 413
        case .malformed(let refusal): refusal.status
        case .timedOut: 408
        case .disconnected, .lengthMismatch: 500
        }
    }
}

/// The body of a request, read when the handler asks for it: until then the client is held back.
public struct HTTPRequestBody: Sendable {
    enum Source: Sendable {
        case none
        case buffered(BufferedBody)
        case live(RequestBodyStream)
    }

    let source: Source

    /// Whether the request came without a body.
    public var isEmpty: Bool {
        if case .none = source { return true }
        return false
    }

    /// The length the client announced; 0 without a body, `nil` for a chunked one.
    public var declaredLength: Int? {
        switch source {
        case .none: 0
        case .buffered(let body): body.count
        case .live(let stream): stream.declaredLength
        }
    }

    /// Whether the whole body has come already, so that nothing is waited for where it is read.
    ///
    /// It is asked where the handler begins. Of a body of unknown length only its end tells.
    public var hasArrived: Bool {
        switch source {
        case .none, .buffered: true
        case .live(let stream): stream.hasArrived
        }
    }

    /// Reads the whole body.
    ///
    /// A length that is announced and too large is refused before any of it is read.
    ///
    /// - Parameter limit: The most bytes to take.
    /// - Returns: The body; what was read before by `next()` is not part of it.
    /// - Throws: `.tooLarge`, `.malformed`, `.timedOut` or `.disconnected`.
    public func collect(limit: Int) async throws(HTTPBodyError) -> [UInt8] {
        switch source {
        case .none: return []
        case .buffered(let body):
            guard body.count <= limit else { throw .tooLarge(limitInBytes: limit) }
            return body.take() ?? []
        case .live(let stream): return try await stream.collect(limit: limit)
        }
    }

    /// Reads the next piece.
    ///
    /// - Returns: At least one byte; `nil` after the end.
    /// - Throws: `.malformed`, `.timedOut` or `.disconnected`.
    public func next() async throws(HTTPBodyError) -> [UInt8]? {
        switch source {
        case .none: nil
        case .buffered(let body): body.take()
        case .live(let stream): try await stream.next()
        }
    }
}

/// A body that is all there.
final class BufferedBody: Sendable {
    let count: Int
    private let content: Mutex<[UInt8]?>

    init(_ content: [UInt8]) {
        count = content.count
        self.content = Mutex(content.isEmpty ? nil : content)
    }

    func take() -> [UInt8]? {
        content.withLock { content in
            defer { content = nil }
            return content
        }
    }
}
