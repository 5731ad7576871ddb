// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Shows a tenant's events to readers outside of the platform, in the order in which they were appended.
///
/// It keeps the latest of each stream and no more; what is lost here is still in the database. An envelope may be appended more
/// than once, so that readers tell a repetition by the event's identifier.
public protocol EventStream: Sendable {
    /// Appends an envelope.
    ///
    /// - Parameters:
    ///   - envelope: The event as JSON, 16 KB at most.
    ///   - stream: The stream: a key of the namespace `events`, named after the topic.
    /// - Throws: `EventStreamError`.
    func append(_ envelope: [UInt8], to stream: TenantCacheKey) async throws(EventStreamError)

    /// Reads envelopes.
    ///
    /// - Parameters:
    ///   - stream: The stream.
    ///   - position: The position after which to begin; `nil` for the oldest that is kept.
    ///   - limit: How many, 1,000 at most.
    /// - Returns: The envelopes, oldest first.
    /// - Throws: `EventStreamError`.
    func read(
        _ stream: TenantCacheKey,
        after position: String?,
        limit: Int
    ) async throws(EventStreamError) -> [EventStreamEntry]
}

/// An envelope in a stream.
public struct EventStreamEntry: Sendable, Hashable {
    /// Where it stands; later ones come after it.
    public let position: String
    /// The event as JSON.
    public let envelope: [UInt8]

    /// Makes one.
    ///
    /// - Parameters:
    ///   - position: Where it stands.
    ///   - envelope: The event as JSON.
    public init(position: String, envelope: [UInt8]) {
        self.position = position
        self.envelope = envelope
    }
}

/// Why an envelope could not be appended or read.
@nonexhaustive
public enum EventStreamError: Error, Sendable, Hashable {
    /// The streams cannot be reached now; it may have been appended all the same.
    case unavailable
    /// The envelope is too long, or the key is not one of a stream.
    case invalid
}

/// What every stream holds to.
package enum EventStreamLimits {
    package static let envelope = 16 * 1024
    package static let reading = 1_000

    package static func check(_ envelope: [UInt8], _ stream: TenantCacheKey) throws(EventStreamError) {
        guard envelope.count <= self.envelope else { throw .invalid }
        try check(stream)
    }

    package static func check(_ stream: TenantCacheKey) throws(EventStreamError) {
        guard stream.namespace == .events, stream.description.utf8.count <= CacheLimits.key else { throw .invalid }
    }
}
