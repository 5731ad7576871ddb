// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The name of something kept outside the database for one tenant: a cache entry, lock, rate limit, channel or blob.
///
/// There is no way to make one without a tenant. The braces keep all keys of a tenant in one slot of a Redis Cluster.
public struct TenantCacheKey: Sendable, Hashable, CustomStringConvertible {
    /// The tenant that it belongs to.
    public let tenant: TenantID
    /// What kind of thing it is.
    public let namespace: Namespace
    /// `lms:{<tenant>}:<namespace>:<name>`.
    public let description: String

    /// Names something.
    ///
    /// - Parameters:
    ///   - tenant: The tenant that it belongs to.
    ///   - namespace: What kind of thing it is.
    ///   - name: Which one; anything.
    public init(_ tenant: TenantID, _ namespace: Namespace, _ name: String) {
        self.tenant = tenant
        self.namespace = namespace
        description = "lms:{\(tenant)}:\(namespace.rawValue):\(name)"
    }

    /// The kinds of thing that are kept.
    public enum Namespace: String, Sendable, Hashable {
        /// Replies and rows that can be read again.
        case cache
        /// Token buckets.
        case rateLimit = "rate"
        /// Attempts at secrets.
        case attempts = "try"
        /// Revoked and verified tokens.
        case token
        /// What processes tell each other.
        case channel
        /// Events for readers outside.
        case events
        /// Uploaded files.
        case blob
    }
}
