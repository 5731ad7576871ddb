// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What somebody watched of a medium.
public struct MediaWatch: Sendable, Equatable {
    /// Where to go on, in seconds.
    public let position: Int
    /// How many of its seconds were watched, each counted once.
    public let watchedSeconds: Int
    /// How many there are.
    public let durationSeconds: Int
    /// When enough of it had been watched, UTC.
    public let completedAt: Date?

    package init(position: Int, watchedSeconds: Int, durationSeconds: Int, completedAt: Date?) {
        self.position = position
        self.watchedSeconds = watchedSeconds
        self.durationSeconds = durationSeconds
        self.completedAt = completedAt
    }
}

extension Media {
    /// Records what a player says, and makes out what was watched.
    ///
    /// What it said before is taken once. Who learns in the course has the position in the progress of the lesson too; the lesson is
    /// completed when enough was watched of all its media that ask for it, and nothing else in it waits to be done.
    ///
    /// - Parameters:
    ///   - beat: What the player says.
    ///   - id: The medium.
    ///   - session: The transaction of who watches; their row, and their place in the course, are locked.
    /// - Returns: What they watched.
    /// - Throws: `MediaError.notFound`; `.enrollmentNeeded`; `.paymentNeeded`; `.forbidden` for who has no progress; `.invalid`.
    public func record(
        _ beat: PlaybackBeat,
        on id: MediaItem.ID,
        session: borrowing TenantSession
    ) async throws(MediaError) -> MediaWatch {
        guard let user = session.principal.user, session.principal.may(.progressWrite, on: .own) else {
            throw .forbidden
        }
        do {
            let now = clock.now()
            let found = try await session.batch([
                .selectMedia(id), .selectLessonWithAccess(ofMedia: id, for: user, at: clock.now()),
                .lockPlace(of: user, forMedia: id), .selectCompletedLesson(of: user, forMedia: id),
            ])
            guard let row = found[0].only, let access = found[1].only else { throw MediaError.notFound }
            _ = try Self.require(access, for: session.principal)
            let medium = try MediaItem(row: row)
            guard let facts = medium.facts else { throw MediaError.notFound }
            let replies = try await session.batch([
                .insertWatch(of: user, id, at: now), .lockWatch(of: user, id), .selectPlayer(beat.player, of: user, id),
            ])
            guard let locked = replies[1].only else { throw MediaError.notFound }
            var watch = try Watch(row: locked)
            guard watch.take(beat, after: try replies[2].only.map(Player.init(row:)), of: medium, at: now) else {
                return watch.shown(for: facts)
            }
            var statements: [SQL] = [
                .updateWatch(of: user, id, watch, at: now),
                .upsertPlayer(beat, at: min(beat.position, facts.durationSeconds), of: user, id, at: now),
                .trimPlayers(of: user, id),
            ]
            guard let place: Enrollment.ID = try found[2].only.map({ row in try row[0] }) else {
                try await session.batch(statements)
                return watch.shown(for: facts)
            }
            let report = LessonReport(on: medium.lesson, outcome: .inProgress, positionSeconds: watch.position)
            statements.append(.recordProgress(report, on: place, owner: user, by: session.principal, at: now))
            // Also with what was watched before there was a place, or while the lesson waited for something else.
            let mayComplete =
                watch.completedAt != nil && medium.completionPercentage != nil && found[3].only == nil
            if mayComplete {
                statements.append(.completeByWork(medium.lesson, on: place, by: session.principal, at: now))
            }
            let told = try await session.batch(statements)
            session.announce(.news(of: place.uuid))
            let completed: Enrollment.ID? = if mayComplete, let row = told.last?.only { try row[1] } else { nil }
            if completed != nil {
                session.announce(.news(of: medium.course.uuid))
            }
            return watch.shown(for: facts)
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Shows what somebody watched of a medium, and where they go on.
    ///
    /// - Parameters:
    ///   - id: The medium.
    ///   - reader: Who watches in which tenant.
    /// - Returns: What they watched; nothing for who never did.
    /// - Throws: As `fetch(_:reader:)`.
    public func watch(of id: MediaItem.ID, reader: TenantReader) async throws(MediaError) -> MediaWatch {
        let listing = try await fetch(id, reader: reader)
        guard let facts = listing.item.facts else { throw .notFound }
        return try await MediaError.translating {
            guard let user = reader.principal.user,
                let row = try await reader.read(.selectWatch(of: user, id)).only
            else { return Watch(at: clock.now()).shown(for: facts) }
            return try Watch(row: row).shown(for: facts)
        }
    }
}

/// What a player said last.
private struct Player {
    let sequence: Int
    let position: Int

    init(row: Row) throws(DatabaseError) {
        sequence = try row["sequence"]
        position = try row["position"]
    }
}

/// A row of what somebody watched.
struct Watch {
    private(set) var position: Int
    private(set) var ranges: WatchedRanges
    private(set) var completedAt: Date?
    /// When any of their players spoke last: several at once do not let time pass faster.
    private var updatedAt: Date

    init(row: Row) throws(DatabaseError) {
        position = try row["position"]
        ranges = WatchedRanges(flat: try row["watched"])
        completedAt = try row["completed_at"]
        updatedAt = try row["updated_at"]
    }

    /// Nothing.
    init(at instant: Date) {
        position = 0
        ranges = WatchedRanges()
        updatedAt = instant
    }

    func shown(for facts: MediaFacts) -> MediaWatch {
        MediaWatch(
            position: min(position, facts.durationSeconds),
            watchedSeconds: ranges.count(of: facts.durationSeconds),
            durationSeconds: facts.durationSeconds,
            completedAt: completedAt
        )
    }

    /// Takes what a player says.
    ///
    /// - Returns: Whether it was new.
    fileprivate mutating func take(
        _ beat: PlaybackBeat,
        after last: Player?,
        of medium: MediaItem,
        at now: Date
    ) -> Bool {
        if let last, beat.sequence <= last.sequence { return false }
        guard let duration = medium.facts?.durationSeconds else { return false }
        var beat = beat
        beat.position = min(beat.position, duration)
        position = beat.position
        if let last {
            let elapsed = now.timeIntervalSince(updatedAt)
            if let watched = WatchPolicy.watched(from: last.position, to: beat, after: elapsed) { ranges.add(watched) }
        }
        let count = ranges.count(of: duration)
        updatedAt = now
        if completedAt == nil,
            WatchPolicy.isComplete(count, of: duration, needing: medium.completionPercentage)
        {
            completedAt = now
        }
        return true
    }
}

extension SQL {
    /// The place in a medium's course whose progress is told, locked.
    fileprivate static func lockPlace(of user: Principal.ID, forMedia id: MediaItem.ID) -> SQL {
        """
        SELECT id FROM enrollments
        WHERE user_id = \(user) AND course_id = (SELECT course_id FROM media WHERE id = \(id))
          AND status IN ('active', 'completed')
        FOR NO KEY UPDATE
        """
    }

    /// A row if the lesson of a medium was completed in that place.
    fileprivate static func selectCompletedLesson(of user: Principal.ID, forMedia id: MediaItem.ID) -> SQL {
        """
        SELECT true FROM media m JOIN enrollments e ON e.course_id = m.course_id AND e.user_id = \(user)
            AND e.status IN ('active', 'completed')
        JOIN lesson_progress p ON p.enrollment_id = e.id AND p.lesson_id = m.lesson_id AND p.completed_at IS NOT NULL
        WHERE m.id = \(id)
        """
    }

    fileprivate static func insertWatch(of user: Principal.ID, _ id: MediaItem.ID, at instant: Date) -> SQL {
        """
        INSERT INTO media_watches (user_id, media_id, updated_at) VALUES (\(user), \(id), \(instant))
        ON CONFLICT ON CONSTRAINT media_watches_key DO NOTHING
        """
    }

    static func selectWatch(of user: Principal.ID, _ id: MediaItem.ID) -> SQL {
        """
        SELECT position, watched, completed_at, updated_at FROM media_watches
        WHERE user_id = \(user) AND media_id = \(id)
        """
    }

    fileprivate static func lockWatch(of user: Principal.ID, _ id: MediaItem.ID) -> SQL {
        "\(.selectWatch(of: user, id)) FOR NO KEY UPDATE"
    }

    fileprivate static func updateWatch(
        of user: Principal.ID,
        _ id: MediaItem.ID,
        _ watch: Watch,
        at instant: Date
    ) -> SQL {
        """
        UPDATE media_watches SET position = \(watch.position), watched = \(watch.ranges.flat),
            completed_at = \(watch.completedAt), updated_at = \(instant)
        WHERE user_id = \(user) AND media_id = \(id)
        """
    }

    fileprivate static func selectPlayer(_ player: String, of user: Principal.ID, _ id: MediaItem.ID) -> SQL {
        """
        SELECT sequence, position FROM media_players
        WHERE user_id = \(user) AND media_id = \(id) AND player = \(player)
        """
    }

    fileprivate static func upsertPlayer(
        _ beat: PlaybackBeat,
        at position: Int,
        of user: Principal.ID,
        _ id: MediaItem.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO media_players AS p (user_id, media_id, player, sequence, position, reported_at)
        VALUES (\(user), \(id), \(beat.player), \(beat.sequence), \(position), \(instant))
        ON CONFLICT ON CONSTRAINT media_players_key DO UPDATE
        SET sequence = excluded.sequence, position = excluded.position, reported_at = excluded.reported_at
        """
    }

    /// Forgets all players but the ten that spoke last.
    fileprivate static func trimPlayers(of user: Principal.ID, _ id: MediaItem.ID) -> SQL {
        """
        DELETE FROM media_players WHERE user_id = \(user) AND media_id = \(id) AND player IN (
            SELECT player FROM media_players WHERE user_id = \(user) AND media_id = \(id)
            ORDER BY reported_at DESC, player OFFSET 10)
        """
    }
}
