// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The name of a field, in lower case.
public struct HTTPFieldName: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The name in lower case.
    public let text: String

    /// Makes a name.
    ///
    /// - Parameter text: A token in either case. A name that is no token is never sent and never found.
    public init(_ text: String) {
        self.text = Self.hasUppercase(text) ? text.lowercased() : text
    }

    /// Makes a name from a literal.
    ///
    /// - Parameter value: A token in either case.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension HTTPFieldName {
    private static func hasUppercase(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var index = 0
        while index < bytes.count {
            if bytes[index] &- 0x41 < 26 { return true }
            index += 1
        }
        return false
    }

    /// Which media types the client takes.
    public static var accept: Self { "accept" }
    /// Which codings the client takes.
    public static var acceptEncoding: Self { "accept-encoding" }
    /// Which languages the reader prefers.
    public static var acceptLanguage: Self { "accept-language" }
    /// Which methods a resource has.
    public static var allow: Self { "allow" }
    /// The credentials.
    public static var authorization: Self { "authorization" }
    /// Who may keep a reply and for how long.
    public static var cacheControl: Self { "cache-control" }
    /// How the content is coded.
    public static var contentEncoding: Self { "content-encoding" }
    /// The content's length in bytes; responses get theirs from the server.
    public static var contentLength: Self { "content-length" }
    /// The content's media type.
    public static var contentType: Self { "content-type" }
    /// The client's cookies.
    public static var cookie: Self { "cookie" }
    /// The version of a representation.
    public static var etag: Self { "etag" }
    /// The standard field of trusted proxies (RFC 7239).
    public static var forwarded: Self { "forwarded" }
    /// The authority the client means; `HTTPRequest.host` has been checked.
    public static var host: Self { "host" }
    /// Change only this version.
    public static var ifMatch: Self { "if-match" }
    /// Send only if it is another version.
    public static var ifNoneMatch: Self { "if-none-match" }
    /// Where to go.
    public static var location: Self { "location" }
    /// The site a browser's request comes from.
    public static var origin: Self { "origin" }
    /// When to try again.
    public static var retryAfter: Self { "retry-after" }
    /// The trace the request belongs to.
    public static var traceparent: Self { "traceparent" }
    /// Which request fields a reply depends on.
    public static var vary: Self { "vary" }
    /// How to authenticate.
    public static var wwwAuthenticate: Self { "www-authenticate" }
    /// The request's number, for logs.
    public static var requestID: Self { "x-request-id" }
}
