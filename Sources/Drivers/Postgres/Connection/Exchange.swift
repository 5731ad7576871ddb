// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// What goes to the server up to one Sync, and what comes back; also a place in the queue for a connection.
///
/// SAFETY: made by the caller, then touched on the loop of its connection only until the caller is resumed, then by the caller
/// only. Handing over goes through the loop's queue, and back through `isPublished`, which synchronize.
@safe final class Exchange: @unchecked Sendable {
    enum Kind {
        /// A batch on a shared connection: an implicit transaction.
        case read
        /// The same on an exclusive connection.
        case write
        /// Waits for an exclusive connection and sends nothing.
        case borrow
        /// The first statements of a transaction, with its BEGIN.
        case open
        /// Later statements of a transaction.
        case statements
        case commit
        case rollback
        /// An empty round trip: what was cancelled before it cannot hit what follows it.
        case settle
        /// Frees prepared statements.
        case release
    }

    /// A transaction's first statements become `open` when they are sent.
    var kind: Kind
    let scope: Scope
    let statements: [SQL]

    var replies: [Rows] = []
    var failure: DatabaseError?
    /// The name of the command that COMMIT came to: `ROLLBACK` in a failed transaction.
    var commandTag = ""
    /// A prepared statement is one that the server no longer accepts; nothing was done.
    var isStale = false
    /// How often it was refused for a stale statement before.
    var attempts = 0
    /// A statement was not run, because one before it failed: its own, or a neighbor's up to the same Sync.
    var wasSkipped = false
    /// Further reads of the same scope that go up to the same Sync; see `Connection.gather`.
    var followers: [Exchange] = []
    /// Where it counts as a read that is known to take long.
    var slowLoad: SlowLoad?
    var isSlow: Bool { slowLoad != nil }
    /// How long the server took for its statements, in nanoseconds, if it went alone.
    var time: UInt64 = 0
    /// Nobody waits any more.
    private(set) var isEnded = false
    /// It has come to its loop.
    var hasStarted = false
    /// The caller went away before it was started.
    var isCancelled = false
    /// The deadline of the wait for a connection.
    var timer: LoopTimer?
    /// The lent connection of a write that is under way.
    var connection: Connection?
    /// What a borrower got.
    var transaction: PostgresTransaction?
    /// Told when the reply is complete, for exchanges that nobody awaits.
    var onEnd: (() -> Void)?
    /// Orders what the loop wrote before what the caller reads.
    private let isPublished = Atomic<Bool>(false)
    private var continuation: UnsafeContinuation<Void, Never>?

    init(_ kind: Kind, _ scope: Scope, _ statements: [SQL] = []) {
        self.kind = kind
        self.scope = scope
        self.statements = statements
    }

    deinit {
        slowLoad?.reads.subtract(1, ordering: .relaxed)
    }

    /// Starts the exchange on its loop and waits for its end.
    func perform(by target: some ExchangeTarget) async {
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                unsafe self.continuation = continuation
                if target.loop.isCurrent {
                    target.start(self)
                } else {
                    target.loop.execute { target.start(self) }
                }
            }
        } onCancel: {
            target.loop.execute { target.cancel(self) }
        }
    }

    /// The replies of an ended exchange.
    func outcome() throws(DatabaseError) -> [Rows] {
        guard isPublished.load(ordering: .acquiring) else { return [] }
        if let failure { throw failure }
        return replies
    }

    /// Resumes the caller; only the first end counts.
    func end(_ failure: DatabaseError? = nil) {
        guard !isEnded else { return }
        isEnded = true
        if let failure { self.failure = failure }
        onEnd?()
        onEnd = nil
        isPublished.store(true, ordering: .releasing)
        let waiting = unsafe continuation
        unsafe continuation = nil
        unsafe waiting?.resume()
    }

    /// It and those that go up to the same Sync.
    var members: [Exchange] { [self] + followers }

    /// Keeps the first error.
    func note(_ failure: DatabaseError) {
        if self.failure == nil { self.failure = failure }
    }

    /// Forgets a failed attempt.
    func retry() {
        replies.removeAll(keepingCapacity: true)
        failure = nil
        isStale = false
        wasSkipped = false
    }

    /// What the caller learns when the connection broke before the reply was complete.
    var failureOfBrokenConnection: DatabaseError {
        switch kind {
        case .write, .commit:
            // An error that the server told before rolled everything back; without one the commit may have happened.
            if let failure, failure != .connectionLost { return failure }
            return .unknownOutcome
        case .read, .borrow, .open, .statements, .rollback, .settle, .release:
            return failure ?? .connectionLost
        }
    }
}

/// Who runs exchanges on a loop.
protocol ExchangeTarget: AnyObject, Sendable {
    /// The loop.
    var loop: EventLoop { get }
    /// Sends an exchange or puts it in a queue; on the loop.
    func start(_ exchange: Exchange)
    /// Its caller went away; on the loop, before, during or after the exchange.
    func cancel(_ exchange: Exchange)
}
