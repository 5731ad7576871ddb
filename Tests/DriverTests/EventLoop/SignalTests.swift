// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
internal import LMSEventLoop
internal import Testing

@Suite(.serialized) struct SignalTests {
    @Test func `a signal becomes a call on the loop`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let onLoop: Bool = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    try loop.onSignal(.hangUp) { continuation.resume(returning: loop.isCurrent) }
                    kill(getpid(), SIGHUP)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(onLoop)
    }
}
