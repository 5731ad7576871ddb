// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The seconds of a medium that somebody watched: ranges in order, apart from each other.
struct WatchedRanges: Sendable, Equatable {
    /// The most ranges that are kept.
    static let limit = 500
    private(set) var ranges: [Range<Int>] = []

    init() {}

    /// Reads what `flat` gave; what is out of order ends it.
    init(flat: [Int]) {
        for start in stride(from: 0, to: flat.count - 1, by: 2) {
            guard flat[start] < flat[start + 1], flat[start] > ranges.last?.upperBound ?? -1 else { return }
            ranges.append(flat[start]..<flat[start + 1])
        }
    }

    /// The ends of all ranges in order: from, to, from, to.
    var flat: [Int] { ranges.flatMap { [$0.lowerBound, $0.upperBound] } }

    /// Adds seconds; those that were watched before count once.
    ///
    /// What would be one range too many is left out: somebody who jumped about so often watches it again in fewer.
    mutating func add(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let first = ranges.firstIndex { $0.upperBound >= range.lowerBound } ?? ranges.endIndex
        let end = ranges[first...].firstIndex { $0.lowerBound > range.upperBound } ?? ranges.endIndex
        guard first < end || ranges.count < Self.limit else { return }
        let touched = ranges[first..<end]
        let lower = min(range.lowerBound, touched.first?.lowerBound ?? range.lowerBound)
        let upper = max(range.upperBound, touched.last?.upperBound ?? range.upperBound)
        ranges.replaceSubrange(first..<end, with: [lower..<upper])
    }

    /// How many seconds of so many were watched.
    func count(of duration: Int) -> Int {
        ranges.reduce(0) { $0 + $1.clamped(to: 0..<max(0, duration)).count }
    }
}

/// What a player says.
public struct PlaybackBeat: Sendable, Hashable {
    /// The player, as it calls itself: 8–64 characters, another one each time it is opened.
    public var player: String
    /// Rises with each thing that the player says; what it said before is said again by the same number.
    public var sequence: Int
    /// What happened.
    public var event: Event
    /// Where the player is, in seconds.
    public var position: Int

    /// What happened in a player.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// It plays from here on.
        case play
        /// It stopped here.
        case pause
        /// It went here.
        case seek
        /// It plays on.
        case heartbeat
        /// It came to the end.
        case complete
        /// It failed.
        case error
    }

    /// Describes what a player says.
    ///
    /// - Parameters:
    ///   - player: The player.
    ///   - sequence: The number of what it says.
    ///   - event: What happened.
    ///   - position: Where it is, in seconds.
    public init(player: String, sequence: Int, event: Event, position: Int) {
        self.player = player
        self.sequence = sequence
        self.event = event
        self.position = position
    }
}

/// What may be made of what players say; no I/O.
enum WatchPolicy {
    /// The longest stretch that one beat tells of, in seconds: players beat every 30 s or more often.
    static let stretch = 90
    /// How fast somebody watches at most.
    static let speed = 2

    /// The seconds that were watched between two beats of a player.
    ///
    /// The time that passed on the server's clock bounds what may have been seen, so a player that says it is at the end has
    /// not watched anything by that.
    static func watched(from last: Int, to beat: PlaybackBeat, after elapsed: Double) -> Range<Int>? {
        switch beat.event {
        case .play, .seek, .error: return nil
        case .pause, .heartbeat, .complete: break
        }
        let gained = beat.position - last
        guard (1...stretch).contains(gained), elapsed >= 0 else { return nil }
        // Players say whole seconds. A whole one more for each beat would let those that beat each second run at three times the clock.
        guard Double(gained) <= elapsed * Double(speed) + min(1, elapsed / 5) else { return nil }
        return last..<beat.position
    }

    /// Whether enough was watched.
    static func isComplete(_ watched: Int, of duration: Int, needing percentage: Int?) -> Bool {
        guard let percentage else { return false }
        return watched * 100 >= percentage * duration
    }
}
