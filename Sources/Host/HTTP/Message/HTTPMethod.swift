// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A request method; case-sensitive, as RFC 9110 §9.1 says.
@nonexhaustive
public enum HTTPMethod: Sendable, Hashable {
    case get, head, post, put, patch, delete, options, trace, connect
    /// A token that is no method of RFC 9110 or RFC 5789.
    case other
}

extension HTTPMethod: CustomStringConvertible {
    /// The method as it is sent; `OTHER` for an unknown one.
    public var description: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other: "OTHER"
        }
    }

    init(_ token: Span<UInt8>) {
        self = .other
        switch token.count {
        case 3:
            if token.equals("GET") { self = .get } else if token.equals("PUT") { self = .put }
        case 4:
            if token.equals("POST") { self = .post } else if token.equals("HEAD") { self = .head }
        case 5:
            if token.equals("PATCH") { self = .patch } else if token.equals("TRACE") { self = .trace }
        case 6:
            if token.equals("DELETE") { self = .delete }
        case 7:
            if token.equals("OPTIONS") { self = .options } else if token.equals("CONNECT") { self = .connect }
        default: break
        }
    }
}
