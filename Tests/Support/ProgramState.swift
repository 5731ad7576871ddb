// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation

/// What is known of a program, for threads that wait to know more.
///
/// SAFETY: `known` is touched only while `changed` is locked.
final class ProgramState: @unchecked Sendable {
    struct Known: Sendable {
        var bytes: [UInt8] = []
        /// Whether that is all it will ever write.
        var isRead = false
        /// Its exit code, once it has ended.
        var status: Int32?

        var text: String { String(decoding: bytes, as: UTF8.self) }

        func says(_ words: String, _ count: Int) -> Bool { text.components(separatedBy: words).count > count }
    }

    private let changed = NSCondition()
    private var known = Known()

    var now: Known {
        changed.lock()
        defer { changed.unlock() }
        return known
    }

    func change(_ body: (inout Known) -> Void) {
        changed.lock()
        defer { changed.unlock() }
        body(&known)
        changed.broadcast()
    }

    /// What is known as soon as it is enough, or when the time is over.
    func wait(for seconds: Double, until isEnough: (Known) -> Bool) -> Known {
        let deadline = Date(timeIntervalSinceNow: seconds)
        changed.lock()
        defer { changed.unlock() }
        while !isEnough(known), changed.wait(until: deadline) {}
        return known
    }
}
