// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Dispatch
internal import Foundation
internal import Synchronization

/// Keeps the processes of `lms dev` running: restarts what dies, stops all in reverse order on SIGTERM or SIGINT.
///
/// Runs on the main thread and blocks it; nothing of it is shared with a serving process.
final class Supervisor {
    private var children: [Child]
    private let events = EventQueue()
    private var signals: [any DispatchSourceSignal] = []

    /// A process to keep running.
    struct Child {
        let name: String
        /// Makes and starts the process; `nil` if there is none to watch: one of an earlier run was adopted, or a step is done.
        let start: () throws -> Process?
        /// Ends the process in its own way; it has exited when this returns.
        let stop: (Process?) -> Void
        fileprivate(set) var process: Process?
        fileprivate(set) var startedAt = Date()
        fileprivate(set) var failures = 0

        init(name: String, start: @escaping () throws -> Process?, stop: @escaping (Process?) -> Void) {
            self.name = name
            self.start = start
            self.stop = stop
        }
    }

    init(_ children: [Child]) {
        self.children = children
    }

    /// Starts the children and returns after a signal ended them.
    func run(whenStarted: () -> Void) throws {
        watchSignals()
        do {
            for index in children.indices { try start(index) }
            whenStarted()
        } catch {
            stopAll()
            throw error
        }
        while true {
            switch events.next() {
            case .signal:
                stopAll()
                return
            case .exited(let index, let generation):
                guard children[index].startedAt == generation else { continue }
                restartLater(index)
            case .restart(let index):
                do { try start(index) } catch { restartLater(index) }
            }
        }
    }

    private func start(_ index: Int) throws {
        let startedAt = Date()
        children[index].startedAt = startedAt
        let process = try children[index].start()
        children[index].process = process
        let events = events
        process?.terminationHandler = { _ in events.post(.exited(index, startedAt)) }
        // It may have exited before the handler was set.
        if let process, !process.isRunning { events.post(.exited(index, startedAt)) }
    }

    /// A child that keeps dying is started ever more slowly, up to every five seconds.
    private func restartLater(_ index: Int) {
        let livedLong = Date().timeIntervalSince(children[index].startedAt) > 10
        children[index].failures = livedLong ? 0 : children[index].failures + 1
        let delay = min(5, 0.1 * Double(1 << min(children[index].failures, 6)))
        Messages.warn("\(children[index].name) ended; starting it again in \(String(format: "%.1f", delay)) s")
        let events = events
        DispatchQueue.global().asyncAfter(deadline: .now() + delay) { events.post(.restart(index)) }
    }

    private func stopAll() {
        for index in children.indices.reversed() {
            children[index].process?.terminationHandler = nil
            children[index].stop(children[index].process)
        }
    }

    private func watchSignals() {
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let events = events
            source.setEventHandler { events.post(.signal) }
            source.activate()
            signals.append(source)
        }
    }
}

/// What happens to the supervisor, one thing at a time.
private final class EventQueue: Sendable {
    enum Event {
        case signal
        case exited(Int, Date)
        case restart(Int)
    }

    private let state = Mutex<[Event]>([])
    private let ready = DispatchSemaphore(value: 0)

    func post(_ event: Event) {
        state.withLock { $0.append(event) }
        ready.signal()
    }

    func next() -> Event {
        ready.wait()
        return state.withLock { $0.removeFirst() }
    }
}
