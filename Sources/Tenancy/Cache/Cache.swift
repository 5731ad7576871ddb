// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Keeps what can be made again, for a while.
///
/// It answers with a miss to anything that goes wrong, so whoever asks must be able to make the value, and must not be wrong if
/// a value that was set is never seen again. What must not be seen any more is named anew, not only removed: removing may fail too.
public protocol Cache: Sendable {
    /// Finds a value.
    ///
    /// - Parameter key: Its name.
    /// - Returns: The value; `nil` if there is none, it is over, or it cannot be had.
    func value(of key: TenantCacheKey) async -> [UInt8]?

    /// Keeps a value.
    ///
    /// - Parameters:
    ///   - value: The value, 64 KB at most; a longer one is not kept.
    ///   - key: Its name, 512 bytes at most.
    ///   - timeToLive: How long it is good, a day at most.
    func set(_ value: [UInt8], for key: TenantCacheKey, timeToLive: Duration) async

    /// Removes a value, if that is possible.
    ///
    /// - Parameter key: Its name.
    func remove(_ key: TenantCacheKey) async
}

/// What every cache holds to.
package enum CacheLimits {
    package static let value = 64 * 1024
    package static let key = 512
    package static let timeToLive = Duration.seconds(86_400)

    /// Whether a value is kept at all.
    package static func allow(_ value: [UInt8], _ key: TenantCacheKey, _ timeToLive: Duration) -> Bool {
        value.count <= self.value && key.description.utf8.count <= self.key && timeToLive > .zero
    }
}
