// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A client's name for one request that it may send more than once; it belongs to one actor of one tenant.
public struct IdempotencyKey: Sendable, Hashable {
    /// Whose key it is.
    public let actor: Principal.ID
    /// 1–255 visible ASCII characters.
    public let text: String

    /// Parses a key.
    ///
    /// - Parameters:
    ///   - text: The text as it came from outside.
    ///   - actor: Whose key it is.
    public init?(_ text: String, of actor: Principal.ID) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.actor = actor
        self.text = text
    }
}

/// A reply as it was first given.
public struct RecordedReply: Sendable, Hashable {
    /// The status.
    public let status: Int
    /// The media type; empty without content.
    public let mediaType: String
    /// Where the new resource is.
    public let location: String?
    /// The version of what is shown, with its quotes.
    public let etag: String?
    /// The content.
    public let body: [UInt8]

    /// Describes a reply.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - mediaType: The media type; empty without content.
    ///   - location: Where the new resource is.
    ///   - etag: The version of what is shown.
    ///   - body: The content.
    public init(status: Int, mediaType: String, location: String?, etag: String?, body: [UInt8]) {
        self.status = status
        self.mediaType = mediaType
        self.location = location
        self.etag = etag
        self.body = body
    }
}

/// What a key says about a request.
public enum IdempotencyClaim: Sendable, Hashable {
    /// It was not used before: do what is asked and record the reply.
    case new
    /// The same request was answered with this.
    case answered(RecordedReply)
    /// Another request was sent with it.
    case reused
}
