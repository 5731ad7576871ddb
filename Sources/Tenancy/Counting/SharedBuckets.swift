// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Adds up what several processes take from the same token buckets.
///
/// A bucket is the time until it is full again (the generic cell rate algorithm): what is taken makes it longer, time makes it shorter.
public protocol SharedBuckets: Sendable {
    /// Adds what this process took and tells how far the buckets are from full for everybody.
    ///
    /// - Parameters:
    ///   - taken: What was taken of which bucket, 256 at most; of one owner, because they may be kept apart by owner.
    ///   - owner: Whose they are.
    /// - Returns: The time until each is full, in the same order; `nil` if the others cannot be reached, and then what was taken may
    ///   be lost.
    func settle(_ taken: [BucketShare], of owner: BucketOwner) async -> [Duration]?
}

/// Whose buckets are counted.
public enum BucketOwner: Sendable, Hashable {
    /// A tenant's.
    case tenant(TenantID)
    /// The installation's, for calls to no tenant.
    case installation
}

/// What was taken from one bucket.
public struct BucketShare: Sendable, Hashable {
    /// The bucket's name: nothing personal.
    public let name: String
    /// What was taken, as the time in which the bucket makes it good.
    public let cost: Duration

    /// Names it.
    ///
    /// - Parameters:
    ///   - name: The bucket's name: nothing personal.
    ///   - cost: What was taken, as the time in which the bucket makes it good.
    public init(name: String, cost: Duration) {
        self.name = name
        self.cost = cost
    }

    /// No bucket takes longer to be full than this, whatever was taken.
    package static let longest = Duration.seconds(3_600)
}

/// Adds up within this process.
public final class LocalBuckets: SharedBuckets {
    private let fullAt = Mutex<[Key: ContinuousClock.Instant]>([:])
    private let capacity: Int

    private struct Key: Hashable {
        let owner: BucketOwner
        let name: String
    }

    /// Makes one.
    ///
    /// - Parameter capacity: How many buckets are known; when there are more, those that are full are dropped, then any.
    public init(capacity: Int = 100_000) {
        self.capacity = max(1, capacity)
    }

    /// Adds what was taken.
    public func settle(_ taken: [BucketShare], of owner: BucketOwner) -> [Duration]? {
        let now = ContinuousClock.now
        return fullAt.withLock { fullAt in
            if fullAt.count + taken.count > capacity { fullAt = fullAt.filter { $0.value > now } }
            if fullAt.count + taken.count > capacity { fullAt.removeAll() }
            return taken.map { share in
                let key = Key(owner: owner, name: share.name)
                let debt = min(max(fullAt[key] ?? now, now) - now + max(share.cost, .zero), BucketShare.longest)
                fullAt[key] = now + debt
                return debt
            }
        }
    }
}
