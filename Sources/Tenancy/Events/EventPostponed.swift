// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a consumer throws when whoever it tells cannot be reached at all: nothing is wrong with the event, so it is not counted as
/// a failure, and the consumer rests for a while.
public struct EventPostponed: Error, Sendable, Equatable {
    /// For how long it rests.
    public let delay: Duration

    /// Postpones what a consumer has to do.
    ///
    /// - Parameter delay: For how long.
    public init(for delay: Duration) {
        self.delay = delay
    }
}
