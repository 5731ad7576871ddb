// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Dispatch
import LMSTestSupport
import Synchronization
import Testing

@Suite struct ProgramTests {
    @Test func `a program has ended for who waits, whatever else is started at the same time`() {
        let long = Mutex<[Program]>([])
        let heldUp = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { part in
            for _ in 0..<40 {
                if part < 3 {
                    guard let program = try? Program("sleep", ["600"]) else { continue }
                    long.withLock { $0.append(program) }
                } else if Self.isHeldUp() {
                    heldUp.withLock { $0 += 1 }
                }
            }
        }
        #expect(long.withLock { $0.count } == 120)
        #expect(heldUp.withLock { $0 } == 0)
        for program in long.withLock({ $0 }) { program.destroy() }
    }

    /// Whether a program that does nothing takes long, because another one has its pipe open.
    private static func isHeldUp() -> Bool {
        var status: Int32?
        let time = ContinuousClock().measure { status = try? Program("true", []).outcome(within: 8).status }
        return status != 0 || time > .seconds(8)
    }

    @Test func `a program that does not end is killed`() async throws {
        let program = try Program("sleep", ["600"])
        #expect(program.end(within: 0.1) == 9)
    }

    @Test func `a program that does not say what it should is given up`() async throws {
        let program = try Program("sleep", ["600"])
        await #expect(throws: TestFailure.self) { try await program.wait(for: "ready", within: 0.1) }
        program.destroy()
    }

    @Test func `a program reads a text to its end, and tells all that it writes`() throws {
        let text = String(repeating: "مرحبا\n", count: 40_000)
        let read = try Program.run("cat", [], input: .text(text))
        #expect(read.status == 0)
        #expect(read.text == text)
    }
}
