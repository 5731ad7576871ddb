// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How long the server usually takes for something, in nanoseconds: an average that forgets.
struct UsualTime {
    private var nanoseconds: UInt64

    init(_ first: UInt64 = 0) {
        nanoseconds = first
    }

    /// Whether others would notice that they wait for it: it usually takes longer than a millisecond.
    var isSlow: Bool { nanoseconds > 1_000_000 }

    /// Takes note of how long it took.
    mutating func took(_ time: UInt64) {
        nanoseconds = nanoseconds - nanoseconds / 4 + time / 4
    }
}
