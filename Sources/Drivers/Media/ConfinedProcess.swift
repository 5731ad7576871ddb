// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Glibc
internal import LMSKit
internal import Synchronization

/// A program that runs under limits, without a network and with nothing open but its output.
///
/// It is ended, with all that it started, when this is released.
final class ConfinedProcess: Sendable {
    private let process: Int32
    private let output: Int32
    private let state = Mutex(State())

    private struct State {
        var text: [UInt8] = []
        var hasEnded = false
        /// As `waitpid` gives it.
        var status: Int32 = 0
    }

    /// What it may take at most.
    struct Limits: Sendable {
        var memoryInBytes = 4 << 30
        var processorSeconds: Int
        var fileInBytes: Int
        /// How much of its output is kept; of more, the end.
        var outputInBytes = 64 << 10
    }

    private let outputLimit: Int

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: Its path and arguments.
    ///   - directory: Where it works.
    ///   - limits: What it may take.
    /// - Throws: `MediaWorkError.unavailable` if the system refuses a process or a pipe.
    init(_ command: [String], in directory: String, _ limits: Limits) throws(MediaWorkError) {
        var (reading, writing): (Int32, Int32) = (-1, -1)
        let failed = unsafe clms_pipe(&reading, &writing)
        guard failed == 0 else { throw .unavailable(reason: "pipe \(failed)") }
        var confinement = clms_confinement(
            memory: UInt64(limits.memoryInBytes),
            processor: UInt64(limits.processorSeconds),
            file: UInt64(limits.fileInBytes)
        )
        let text = command.flatMap { Array($0.utf8) + [0] }.map(CChar.init(bitPattern:))
        let started = unsafe clms_confined_start(text, command.count, directory, writing, &confinement)
        close(writing)
        guard started > 0 else {
            close(reading)
            throw .unavailable(reason: "fork \(-started)")
        }
        process = started
        output = reading
        outputLimit = limits.outputInBytes
    }

    deinit {
        end()
        close(output)
    }

    /// Waits until it ends, or for a time; blocks.
    ///
    /// - Parameter milliseconds: How long at most.
    /// - Returns: Its status as `waitpid` gives it; `nil` while it runs.
    func wait(for milliseconds: Int) -> Int32? {
        let deadline = clms_monotonic() + UInt64(milliseconds) * 1_000_000
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            // Asked before the read: what it wrote is there by then.
            let status = state.withLock { ended(&$0) }
            let now = clms_monotonic()
            guard status != nil || now < deadline else { return nil }
            let left = status != nil ? 0 : Int32((deadline - now) / 1_000_000) + 1
            let got = unsafe clms_read_within(output, &buffer, buffer.count, min(left, 100))
            if got <= 0, let status { return status }
            if got > 0 {
                state.withLock { state in
                    state.text += buffer.prefix(got)
                    if state.text.count > outputLimit { state.text.removeFirst(state.text.count - outputLimit) }
                }
            } else if got == 0 {
                // It closed its output, and ends in a moment.
                poll(nil, 0, 2)
            }
        }
    }

    /// What it wrote so far.
    var text: String { state.withLock { String(decoding: $0.text, as: UTF8.self) } }

    /// Ends it; blocks for the moment that this takes.
    func end() {
        state.withLock { state in
            guard ended(&state) == nil else { return }
            clms_confined_kill(process)
            while ended(&state) == nil { poll(nil, 0, 1) }
        }
    }

    /// Its status if it has ended; after that its number may be another's.
    private func ended(_ state: inout State) -> Int32? {
        if state.hasEnded { return state.status }
        guard unsafe clms_confined_ended(process, &state.status) != 0 else { return nil }
        state.hasEnded = true
        return state.status
    }
}
