// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import Synchronization

/// A program that runs beside the tests.
///
/// Programs are started one at a time: a pipe that is made while another one starts would be open in that one too, and would
/// not end before it does. Every wait has a limit.
public final class Program: Sendable {
    /// What it reads.
    public enum Input: Sendable {
        /// Nothing.
        case nothing
        /// A text, and the end.
        case text(String)
        /// A text, and the end only when nobody has the program any more, also if the tests are killed.
        case open(String = "")
    }

    private static let starting = Mutex(())

    private let process: Process
    private let input: Pipe?
    private let state = ProgramState()

    /// Starts it.
    ///
    /// - Parameters:
    ///   - name: Its path, or its name if it is on the path.
    ///   - arguments: Its arguments.
    ///   - environment: All of its environment, but for the path; that of the tests unless said.
    ///   - directory: Where it runs; where the tests do unless said.
    ///   - input: What it reads.
    ///   - hasErrors: Whether what it says about errors is part of what it writes.
    /// - Throws: If it cannot be started.
    public init(
        _ name: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        in directory: String? = nil,
        input: Input = .nothing,
        hasErrors: Bool = true
    ) throws {
        let process = Process()
        let isPath = name.contains("/")
        process.executableURL = URL(filePath: isPath ? name : "/usr/bin/env")
        process.arguments = isPath ? arguments : [name] + arguments
        if let environment {
            process.environment = environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { given, _ in given }
        }
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        let state = state
        process.terminationHandler = { ended in state.change { $0.status = ended.terminationStatus } }
        let pipes = try Program.starting.withLock { _ in
            let (input, output) = (input.isEmpty ? nil : Pipe(), Pipe())
            if let input { process.standardInput = input } else { process.standardInput = FileHandle.nullDevice }
            process.standardOutput = output
            process.standardError = hasErrors ? output : FileHandle.nullDevice
            try process.run()
            return (input: input, output: output)
        }
        self.process = process
        let reading = pipes.output.fileHandleForReading
        Thread.detachNewThread {
            while case let data = reading.availableData, !data.isEmpty { state.change { $0.bytes += data } }
            state.change { $0.isRead = true }
        }
        switch input {
        case .nothing: self.input = nil
        case .text(let text):
            self.input = nil
            // One that ends without having read it all says so by its exit code.
            try? pipes.input?.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? pipes.input?.fileHandleForWriting.close()
        case .open(let text):
            self.input = pipes.input
            try? pipes.input?.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Its number.
    public var identifier: Int32 { process.processIdentifier }

    /// What it has written.
    public var text: String { state.now.text }

    // MARK: Waiting

    /// Waits until it has written something.
    ///
    /// - Parameters:
    ///   - text: What.
    ///   - count: How often.
    ///   - seconds: How long at most.
    /// - Throws: If it ends before, or does not say it in time.
    public func wait(for text: String, times count: Int = 1, within seconds: Double = 120) async throws {
        let known = await withCheckedContinuation { done in
            Thread.detachNewThread { done.resume(returning: self.known(within: seconds, to: text, count)) }
        }
        guard known.says(text, count) else { throw TestFailure("it never said \(text): \(known.text)") }
    }

    /// The same, holding up the thread; for what is made once.
    ///
    /// - Parameters:
    ///   - text: What it shall write.
    ///   - seconds: How long at most.
    /// - Returns: All that it has written.
    /// - Throws: If it ends before, or does not say it in time.
    public func waitHere(for text: String, within seconds: Double = 60) throws -> String {
        let known = known(within: seconds, to: text, 1)
        guard known.says(text, 1) else { throw TestFailure("it never said \(text): \(known.text)") }
        return known.text
    }

    private func known(within seconds: Double, to say: String, _ count: Int) -> ProgramState.Known {
        state.wait(for: seconds) { $0.says(say, count) || $0.isRead }
    }

    /// Waits until it has ended, and kills it if that takes too long.
    ///
    /// - Parameter seconds: How long at most.
    /// - Returns: Its exit code, or the signal that ended it.
    public func end(within seconds: Double = 180) -> Int32 {
        if let status = state.wait(for: seconds, until: { $0.status != nil }).status { return status }
        send(SIGKILL)
        return state.wait(for: 10) { $0.status != nil }.status ?? SIGKILL
    }

    /// All that it writes, and how it ends.
    ///
    /// - Parameter seconds: How long it may take.
    /// - Returns: The text, and the exit code.
    public func outcome(within seconds: Double = 180) -> (text: String, status: Int32) {
        let status = end(within: seconds)
        // What it left behind may hold its output open.
        return (state.wait(for: 10) { $0.isRead }.text, status)
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - name: Its path, or its name if it is on the path.
    ///   - arguments: Its arguments.
    ///   - environment: All of its environment, but for the path; that of the tests unless said.
    ///   - input: What it reads.
    ///   - hasErrors: Whether what it says about errors is part of what it writes.
    /// - Returns: What it wrote, and its exit code.
    /// - Throws: If it cannot be started.
    @discardableResult
    public static func run(
        _ name: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        input: Input = .nothing,
        hasErrors: Bool = true
    ) throws -> (text: String, status: Int32) {
        try Program(name, arguments, environment: environment, input: input, hasErrors: hasErrors).outcome()
    }

    // MARK: Signals

    /// Sends it a signal.
    ///
    /// A program that does not unblock the signals which a thread of the tests has blocked hears of `SIGKILL` and `SIGSTOP` only.
    ///
    /// - Parameter signal: The signal.
    public func send(_ signal: Int32) {
        if state.now.status == nil { kill(process.processIdentifier, signal) }
    }

    /// Stops it from doing anything until `resume`; its children go on.
    public func pause() { send(SIGSTOP) }

    /// Lets it go on.
    public func resume() { send(SIGCONT) }

    /// Ends it at once, and waits.
    public func destroy() {
        send(SIGKILL)
        _ = end()
    }

    /// Asks it to end, and waits.
    ///
    /// - Returns: Its exit code.
    public func stop() -> Int32 {
        process.terminate()
        return end()
    }
}

extension Program.Input {
    fileprivate var isEmpty: Bool {
        if case .nothing = self { true } else { false }
    }
}
