// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Tells all processes of an installation something at once.
///
/// What is told reaches those who listen at that moment, each at most once; whoever listens must be able to do without.
public protocol Broadcast: Sendable {
    /// Tells everybody who listens to a channel, this process included. Returns at once; a message that cannot be told is lost.
    ///
    /// - Parameters:
    ///   - message: What is told, 8 KB at most: where to look, nothing secret. A longer one is lost.
    ///   - channel: Who is told.
    func publish(_ message: [UInt8], on channel: BroadcastChannel)

    /// Listens to a channel until the subscription is let go.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - receive: Gets each message, and `nil` when some may have been lost, such as after a broken connection, or before other
    ///     processes' messages first reach this one. It must not block, and is called on any thread.
    /// - Returns: The subscription.
    func subscribe(
        to channel: BroadcastChannel,
        _ receive: @escaping @Sendable ([UInt8]?) -> Void
    ) -> BroadcastSubscription
}

/// The longest message that is told.
public enum BroadcastMessage {
    /// The limit in bytes.
    public static let limitInBytes = 8 * 1024
}

/// What is told to whom.
public struct BroadcastChannel: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// A channel of one tenant.
    ///
    /// - Parameter key: Its name, of the namespace `channel`.
    public init(_ key: TenantCacheKey) {
        description = key.description
    }

    /// A channel of the installation: for hints that name no tenant's data.
    ///
    /// - Parameters:
    ///   - name: What it is about.
    ///   - installation: The installation.
    public init(_ name: StaticString, of installation: InstallationPrefix) {
        description = "lms:\(installation):\(name)"
    }
}

/// Listens as long as it is held.
public final class BroadcastSubscription: Sendable {
    private let end: @Sendable () -> Void

    /// Makes one.
    ///
    /// - Parameter end: Stops listening.
    public init(end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    deinit { end() }
}
