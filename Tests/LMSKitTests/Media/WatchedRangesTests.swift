// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct WatchedRangesTests {
    /// The same numbers in each run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `ranges added in any order are the seconds that they cover, each once`(seed: UInt64) {
        var dice = Dice(state: seed)
        var ranges = WatchedRanges()
        var seconds: Set<Int> = []
        for _ in 0..<300 {
            let start = Int.random(in: 0..<1_000, using: &dice)
            let range = start..<start + Int.random(in: 0...20, using: &dice)
            ranges.add(range)
            seconds.formUnion(range)
            #expect(ranges.count(of: 2_000) == seconds.count)
            #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
        #expect(WatchedRanges(flat: ranges.flat) == ranges)
        #expect(ranges.count(of: 500) == seconds.count { $0 < 500 })
    }

    @Test func `there are never more than 500, and what joins them is still added`() {
        var ranges = WatchedRanges()
        for number in 0..<600 { ranges.add(number * 3..<number * 3 + 1) }
        #expect(ranges.ranges.count == WatchedRanges.limit)
        ranges.add(0..<30)
        #expect(ranges.ranges.count == WatchedRanges.limit - 10)
    }

    @Test(
        arguments: [
            (PlaybackBeat.Event.heartbeat, 10, 40, 30.0, true), (.heartbeat, 10, 40, 15.0, true),
            (.heartbeat, 10, 40, 14.0, false), (.heartbeat, 10, 10, 30.0, false), (.heartbeat, 40, 10, 30.0, false),
            (.heartbeat, 0, 91, 91.0, false), (.pause, 10, 11, 0.0, false), (.complete, 10, 40, 30.0, true),
            (.seek, 10, 40, 30.0, false), (.play, 10, 40, 30.0, false), (.error, 10, 40, 30.0, false),
            (.heartbeat, 10, 40, -30.0, false), (.heartbeat, 10, 21, 5.0, true), (.heartbeat, 10, 13, 1.0, false),
        ]
    )
    func `what was watched between two beats is bounded by the time that passed`(
        event: PlaybackBeat.Event,
        last: Int,
        position: Int,
        elapsed: Double,
        counts: Bool
    ) {
        let beat = PlaybackBeat(player: "player-1", sequence: 1, event: event, position: position)
        #expect(WatchPolicy.watched(from: last, to: beat, after: elapsed) == (counts ? last..<position : nil))
    }

    @Test(arguments: [(1.0, 3), (2, 5), (4, 9), (0.5, 2), (0.1, 1)])
    func `attack: beats in quick succession do not add up to more than the clock allows`(every: Double, gain: Int) {
        #expect(watched(of: (0...60).map { $0 * gain }, every: every) == 0)
    }

    @Test(arguments: [(5, 0.9), (5, 1), (7, 1.25), (10, 1.5), (5, 2), (10, 2), (15, 2), (30, 2)] as [(Double, Double)])
    func `a player that says whole seconds and beats as players do has watched all of it`(every: Double, speed: Double)
    {
        // It begins anywhere in a second.
        for start in [0, 0.3, 0.5, 0.99] {
            let positions = (0...60).map { Int(start + Double($0) * every * speed) }
            #expect(watched(of: positions, every: every) == positions[60] - positions[0])
        }
    }

    /// How many seconds were watched by beats at such positions.
    private func watched(of positions: [Int], every seconds: Double) -> Int {
        var ranges = WatchedRanges()
        for (last, position) in zip(positions, positions.dropFirst()) {
            let beat = PlaybackBeat(player: "player-1", sequence: 1, event: .heartbeat, position: position)
            if let range = WatchPolicy.watched(from: last, to: beat, after: seconds) { ranges.add(range) }
        }
        return ranges.count(of: .max)
    }

    @Test func `enough is the percentage that the medium asks for, and never without one`() {
        #expect(WatchPolicy.isComplete(90, of: 100, needing: 90))
        #expect(!WatchPolicy.isComplete(89, of: 100, needing: 90))
        #expect(!WatchPolicy.isComplete(100, of: 100, needing: nil))
    }
}
