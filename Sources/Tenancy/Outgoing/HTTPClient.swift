// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Calls other servers over HTTP; a driver does it.
///
/// Never within a transaction: the other end decides how long it takes.
public protocol HTTPClient: Sendable {
    /// Sends a request and waits for the whole reply.
    ///
    /// - Parameter request: The request.
    /// - Returns: The reply, whatever its status.
    /// - Throws: `OutgoingError` if there is none.
    func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse
}

/// A request to another server.
public struct OutgoingRequest: Sendable {
    /// The methods.
    public enum Method: String, Sendable {
        /// Reads.
        case get = "GET"
        /// Reads what `get` would say, without content.
        case head = "HEAD"
        /// Sends.
        case post = "POST"
        /// Replaces.
        case put = "PUT"
        /// Changes.
        case patch = "PATCH"
        /// Deletes.
        case delete = "DELETE"
    }

    /// The method.
    public var method: Method
    /// `https://…`, or `http://…` to networks that the operator allowed; secret, because some protocols put one there.
    public var url: Secret<String>
    /// The fields; secret, because one may be `Authorization`.
    public var fields: Secret<[(name: String, value: String)]>
    /// The content.
    public var body: Secret<[UInt8]>
    /// How long connecting may take.
    public var connectTimeout: Duration
    /// How long everything may take.
    public var timeout: Duration
    /// The longest reply that is read, in bytes.
    public var limitInBytes: Int
    /// How many redirections are followed, each to `https://…` only.
    public var redirects: Int
    /// Which version of HTTP is spoken.
    public var version = Version.any
    /// Whether it may go over a connection of an earlier request, and its own stays for later ones.
    ///
    /// Only to servers that the operator chose, and only what may be sent twice: a connection may have died unnoticed.
    public var sharesConnection = false

    /// The versions of HTTP.
    @nonexhaustive
    public enum Version: Sendable, Hashable {
        /// Whatever both ends speak.
        case any
        /// Version 2 (RFC 9113) and no other; also without TLS, to networks that the operator allowed.
        case http2
    }

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - url: Where it goes.
    ///   - fields: The fields; none may have a line break.
    ///   - body: The content.
    ///   - connectTimeout: How long connecting may take.
    ///   - timeout: How long everything may take.
    ///   - limitInBytes: The longest reply that is read.
    ///   - redirects: How many redirections are followed.
    public init(
        _ method: Method,
        _ url: String,
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        connectTimeout: Duration = .seconds(5),
        timeout: Duration = .seconds(10),
        limitInBytes: Int = 1 << 20,
        redirects: Int = 0
    ) {
        self.method = method
        self.url = Secret(url)
        self.fields = Secret(fields)
        self.body = Secret(body)
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.limitInBytes = limitInBytes
        self.redirects = redirects
    }
}

/// Another server's reply.
public struct OutgoingResponse: Sendable {
    /// The status.
    public let status: Int
    /// The fields, their names in lower case.
    public let fields: [(name: String, value: String)]
    /// The content.
    public let body: [UInt8]

    /// Describes a reply.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - fields: The fields, their names in lower case.
    ///   - body: The content.
    public init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Returns the value of the first field of a name.
    ///
    /// - Parameter name: The name in lower case.
    /// - Returns: The value, or `nil` without the field.
    public func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

/// Why there is no reply.
@nonexhaustive
public enum OutgoingError: Error, Sendable, Equatable {
    /// The address is none, or not of `https` or `http`, or a field has a line break.
    case malformed
    /// The address is not public and the operator does not allow it, or the connection would be in the clear.
    case refusedAddress
    /// The name is unknown, or nobody answers there.
    case unreachable
    /// The other end's certificate is not good for its name.
    case untrusted
    /// It took too long.
    case timedOut
    /// The reply is longer than was allowed.
    case tooLarge
    /// The connection broke, or what came was no HTTP.
    case broken
    /// Too many requests are waiting.
    case busy
    /// The caller's task was cancelled.
    case cancelled
    /// This build has no client.
    case unavailable
}

/// Stands where a build or an embedder has no client: every request fails.
public struct NoHTTPClient: HTTPClient {
    /// Makes one.
    public init() {}

    /// Sends nothing.
    public func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse {
        throw .unavailable
    }
}
