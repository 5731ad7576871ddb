// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
internal import Synchronization

/// Where there is something new to read once a transaction was committed: where, never what.
///
/// A notice may get lost, so whoever waits for one also looks from time to time; whoever gets one reads the database.
public enum CommitNotice: Sendable, Hashable {
    /// Work was queued.
    case jobs
    /// An event was recorded.
    case events
    /// Somebody's session, roles or keys changed: what people and programs of the tenant may do is to be read anew.
    case standing
    /// Something about this user, course, conversation … is new, for those who watch it.
    case news(of: UUID)
}

/// The notices of one transaction, until it is committed.
final class CommitNotices: Sendable {
    private let collected = Mutex<Set<CommitNotice>>([])

    func add(_ notice: CommitNotice) {
        collected.withLock { _ = $0.insert(notice) }
    }

    func add(of statements: [SQL]) {
        for statement in statements {
            if let notice = statement.notice { add(notice) }
        }
    }

    var all: Set<CommitNotice> { collected.withLock { $0 } }
}
