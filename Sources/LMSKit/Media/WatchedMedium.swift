// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What is kept of what somebody watched of a medium, as they get it with all that is kept of them.
public struct WatchedMedium: Sendable {
    /// The medium.
    public let medium: MediaItem.ID
    /// Its title.
    public let title: String
    /// Where they go on, in seconds.
    public let position: Int
    /// The seconds that they watched: ranges in order.
    public let watched: [Range<Int>]
    /// When they had watched enough of it, UTC.
    public let completedAt: Date?
    /// When their player last spoke, UTC.
    public let updatedAt: Date

    package init(
        medium: MediaItem.ID,
        title: String,
        position: Int,
        watched: [Range<Int>],
        completedAt: Date?,
        updatedAt: Date
    ) {
        self.medium = medium
        self.title = title
        self.position = position
        self.watched = watched
        self.completedAt = completedAt
        self.updatedAt = updatedAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        medium = try fields.next()
        title = try fields.next()
        position = try fields.next()
        watched = WatchedRanges(flat: try fields.next()).ranges
        completedAt = try fields.next()
        updatedAt = try fields.next()
    }
}

extension SQL {
    static func selectOwnWatches(of user: Principal.ID) -> SQL {
        """
        SELECT w.media_id, m.title, w.position, w.watched, w.completed_at, w.updated_at
        FROM media_watches w JOIN media m ON m.id = w.media_id WHERE w.user_id = \(user) ORDER BY w.media_id
        """
    }
}
