// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a request may at most be; RFC 9110 §4.1, RFC 9112 §2.3 and RFC 6585 leave it to the server.
public struct HTTPLimits: Sendable, Hashable {
    /// The head in bytes, from the method to the empty line; past it 431.
    public var headInBytes = 16_384
    /// The number of fields; past it 431.
    public var fields = 100
    /// The request target in bytes; past it 414.
    public var targetInBytes = 8_192
    /// All chunk extensions of a message together, in bytes; past it 400.
    public var chunkExtensionsInBytes = 1_024
    /// All trailer fields of a message together, in bytes; past it 431.
    public var trailersInBytes = 8_192

    /// The longest method that is read; past it 501.
    static let methodInBytes = 32

    /// Makes the defaults: head 16 KiB, 100 fields, target 8 KiB.
    public init() {}

    /// The limits, with the head no longer than the 16-bit offsets of `RequestHead` reach.
    var clamped: HTTPLimits {
        var limits = self
        limits.headInBytes = min(max(headInBytes, 64), 65_535)
        return limits
    }
}
