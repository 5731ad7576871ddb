// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSTestSupport
internal import Synchronization

/// The program itself, started with an environment, as an operator starts it.
final class LMSProcess: Sendable {
    private let process: Process
    private let output: Output
    private let lines: AsyncStream<Void>

    /// Starts it.
    ///
    /// - Parameters:
    ///   - executable: Another program instead.
    ///   - arguments: Its arguments.
    ///   - environment: All of its environment, but for the path.
    ///   - directory: Where it runs.
    /// - Throws: If it cannot be started.
    init(
        executable: URL? = nil,
        _ arguments: [String],
        _ environment: [String: String],
        in directory: URL
    ) throws {
        let process = Process()
        let output = Output()
        (self.process, self.output) = (process, output)
        // The tests' own executable stands beside it.
        let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        process.executableURL = executable ?? tests.deletingLastPathComponent().appending(path: "lms")
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { given, _ in given }
        process.currentDirectoryURL = directory
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let (lines, more) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.lines = lines
        try process.run()
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread {
            while case let data = reading.availableData, !data.isEmpty {
                output.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
                more.yield()
            }
            output.isOver.withLock { $0 = true }
            more.finish()
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// What it has written.
    var text: String { output.text.withLock { $0 } }

    /// Whether everything that it will ever write was read.
    var isDrained: Bool { output.isOver.withLock { $0 } }

    /// Waits until it has written something.
    ///
    /// - Parameters:
    ///   - text: What.
    ///   - count: How often.
    /// - Throws: If it ends before.
    func wait(for text: String, times count: Int = 1) async throws {
        func isThere() -> Bool { self.text.components(separatedBy: text).count > count }
        if isThere() { return }
        for await _ in lines where isThere() { return }
        throw TestFailure("it never said \(text): \(self.text)")
    }

    /// Waits until it has ended.
    ///
    /// - Returns: Its exit code.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Stops it from doing anything until `resume`; its children go on.
    func pause() { kill(process.processIdentifier, SIGSTOP) }

    /// Lets it go on.
    func resume() { kill(process.processIdentifier, SIGCONT) }

    /// Ends it at once.
    ///
    /// A program that does not unblock the signals which a thread of the tests has blocked hears of no other.
    func destroy() {
        kill(process.processIdentifier, SIGKILL)
    }

    /// Asks it to end, and waits.
    ///
    /// - Returns: Its exit code.
    func stop() -> Int32 {
        process.terminate()
        return end()
    }
}

private final class Output: Sendable {
    let text = Mutex("")
    let isOver = Mutex(false)
}

/// A client that sends one message to this machine and reads until the end.
enum RawHTTP {
    /// Asks for a path at a host.
    ///
    /// - Returns: The whole reply; empty if nobody answers.
    static func get(_ path: String, host: String, port: UInt16, fields: [String] = []) -> String {
        let lines = ["GET \(path) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields
        do {
            return try send(lines.joined(separator: "\r\n") + "\r\n\r\n", to: port)
        } catch {
            return ""
        }
    }

    /// Sends a message.
    ///
    /// - Returns: Everything that came back within 20 s.
    /// - Throws: `SystemError` if nobody listens.
    static func send(_ message: String, to port: UInt16) throws -> String {
        String(decoding: try exchange(message, with: port), as: UTF8.self)
    }

    /// Sends a message.
    ///
    /// - Returns: Everything that came back within 20 s, byte by byte.
    /// - Throws: `SystemError` if nobody listens.
    static func exchange(_ message: String, with port: UInt16) throws -> [UInt8] {
        var socket = try Socket.connect(to: "127.0.0.1", port: port)
        defer { socket.close() }
        let bytes = Array(message.utf8)
        var sent = 0
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while isReady(socket.descriptor, for: sent < bytes.count ? POLLOUT : POLLIN) {
            if sent < bytes.count {
                switch socket.write(bytes, in: sent..<bytes.count) {
                case .moved(let count): sent += count
                case .wouldBlock: break
                default: return []
                }
                continue
            }
            switch socket.read(into: &buffer) {
            case .moved(let count): reply += buffer[..<count]
            case .wouldBlock: continue
            default: return reply
            }
        }
        return reply
    }

    private static func isReady(_ descriptor: Int32, for event: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return unsafe poll(&wanted, 1, 20_000) == 1
    }

    /// A port that nobody listens on.
    ///
    /// - Throws: `SystemError` if there is none.
    static func freePort() throws -> UInt16 {
        var listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        defer { listener.close() }
        return listener.port
    }
}
