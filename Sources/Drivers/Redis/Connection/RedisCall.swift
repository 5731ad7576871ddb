// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

/// One command on its way, and its answer.
///
/// SAFETY: made by the caller, then touched on the loop of its lane only until the caller is resumed, then by the caller only.
/// Handing over goes through the loop's queue, and back through `isPublished`, which synchronize.
@safe final class RedisCall: @unchecked Sendable {
    let command: RedisCommand
    /// When it has waited long enough.
    var deadline: UInt64 = 0
    /// How often it was sent on to another node.
    var hops = 0
    private(set) var isEnded = false
    private var isStarted = false
    private var isCancelled = false
    private var answer: Result<RedisValue, RedisError> = .failure(.unavailable)
    /// Told on the loop, for commands that nobody awaits.
    private var onEnd: ((Result<RedisValue, RedisError>) -> Void)?
    private let isPublished = Atomic<Bool>(false)
    private var continuation: UnsafeContinuation<Void, Never>?

    init(_ command: RedisCommand, onEnd: ((Result<RedisValue, RedisError>) -> Void)? = nil) {
        self.command = command
        self.onEnd = onEnd
    }

    /// Sends the command on a lane and waits for its end.
    func perform(on lane: RedisLane) async throws(RedisError) -> RedisValue {
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                unsafe self.continuation = continuation
                if lane.loop.isCurrent {
                    lane.start(self)
                } else {
                    lane.loop.execute { lane.start(self) }
                }
            }
        } onCancel: {
            lane.loop.execute { self.cancel() }
        }
        guard isPublished.load(ordering: .acquiring) else { throw .unavailable }
        return try answer.get()
    }

    /// Begins, on the loop; whether the caller still waits.
    func begin() -> Bool {
        isStarted = true
        if isCancelled { end(.failure(.cancelled)) }
        return !isEnded
    }

    /// Ends it for a caller who went away; before the beginning there is nobody to resume yet.
    private func cancel() {
        isCancelled = true
        if isStarted { end(.failure(.cancelled)) }
    }

    /// Resumes the caller; only the first end counts.
    ///
    /// The answer to one that ended early is dropped when it comes.
    func end(_ answer: Result<RedisValue, RedisError>) {
        guard !isEnded else { return }
        isEnded = true
        self.answer = answer
        onEnd?(answer)
        onEnd = nil
        isPublished.store(true, ordering: .releasing)
        let waiting = unsafe continuation
        unsafe continuation = nil
        unsafe waiting?.resume()
    }
}

/// What was sent and is not answered, in order; keeps its memory.
struct CallQueue {
    /// Whom an answer is for; `nil` if nobody wants it.
    private var entries: [RedisCall?] = []
    private var head = 0

    var count: Int { entries.count - head }
    var isEmpty: Bool { count == 0 }
    /// The first that somebody waits for.
    var oldest: RedisCall? {
        for index in head..<entries.count {
            if let call = entries[index], !call.isEnded { return call }
        }
        return nil
    }

    mutating func append(_ call: RedisCall?) {
        entries.append(call)
    }

    /// Takes the first; `nil` if nothing was sent.
    mutating func popFirst() -> RedisCall?? {
        guard head < entries.count else { return nil }
        let entry = entries[head]
        entries[head] = nil
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1_024 {
            entries.removeFirst(head)
            head = 0
        }
        return .some(entry)
    }

    mutating func takeAll() -> [RedisCall] {
        let all = entries[head...].compactMap(\.self)
        entries = []
        head = 0
        return all
    }
}
