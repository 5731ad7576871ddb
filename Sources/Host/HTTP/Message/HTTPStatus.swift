// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A status code, 100 through 599.
public struct HTTPStatus: Sendable, Hashable, RawRepresentable, ExpressibleByIntegerLiteral {
    /// The three-digit code.
    public let rawValue: UInt16

    /// Makes a status; a code outside 100 through 599 becomes 500.
    ///
    /// - Parameter rawValue: The code.
    public init(rawValue: UInt16) {
        self.rawValue = (100...599).contains(rawValue) ? rawValue : 500
    }

    /// Makes a status from a literal, such as `404`.
    ///
    /// - Parameter value: The code.
    public init(integerLiteral value: UInt16) {
        self.init(rawValue: value)
    }

    /// 200.
    public static var ok: Self { 200 }
    /// 201.
    public static var created: Self { 201 }
    /// 202.
    public static var accepted: Self { 202 }
    /// 204.
    public static var noContent: Self { 204 }
    /// 304.
    public static var notModified: Self { 304 }
    /// 400.
    public static var badRequest: Self { 400 }
    /// 404.
    public static var notFound: Self { 404 }
    /// 500.
    public static var internalServerError: Self { 500 }

    /// Whether a response of this status never has content (RFC 9110 §6.4.1).
    public var forbidsContent: Bool { rawValue < 200 || rawValue == 204 || rawValue == 304 }

    /// The phrase of RFC 9110 for people who read the wire.
    public var reason: String {
        switch rawValue {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 425: "Too Early"
        case 426: "Upgrade Required"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
