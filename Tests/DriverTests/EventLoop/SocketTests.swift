// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Testing

@Suite struct SocketTests {
    @Test(arguments: ["127.0.0.1", "::1"])
    func `bytes written on one side arrive on the other`(host: String) async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let listener = try Listener(host: host, port: 0, sharing: .shared)
        let client = try Socket.connect(to: host, port: listener.port)
        try await readiness(of: listener.descriptor, .read, on: loop)
        guard case .accepted(let server, let address, let port) = listener.accept() else {
            Issue.record("nothing to accept")
            return
        }
        #expect(address == host)
        #expect(port > 0)
        try await readiness(of: client.descriptor, .write, on: loop)
        #expect(client.connectionError == nil)
        #expect(client.write([1, 2, 3], [4, 5], from: 1) == .moved(4))
        try await readiness(of: server.descriptor, .read, on: loop)
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(server.read(into: &buffer, at: 2) == .moved(4))
        #expect(Array(buffer[2..<6]) == [2, 3, 4, 5])
        #expect(server.read(into: &buffer) == .wouldBlock)
        client.shutdownWrite()
        try await readiness(of: server.descriptor, .read, on: loop)
        #expect(server.read(into: &buffer) == .ended)
        #expect(server.write([7, 8, 9], in: 1..<2) == .moved(1))
    }

    @Test func `a port in use is told as such`() throws {
        let first = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        let port = first.port
        let error = #expect(throws: SystemError.self) {
            _ = try Listener(host: "127.0.0.1", port: port, sharing: .exclusive)
        }
        #expect(error?.isAddressInUse == true)
        #expect(first.descriptor >= 0)
    }

    @Test func `a host that does not resolve is told as such`() {
        #expect(throws: SystemError(code: 100_000, call: "listen")) {
            _ = try Listener(host: "no such host", port: 0, sharing: .exclusive)
        }
    }

    @Test func `an event after cancelling reaches nobody`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        let client = try Socket.connect(to: "127.0.0.1", port: listener.port)
        let descriptor = listener.descriptor
        // The first handler cancels itself and hands the same descriptor to a second one, which alone may be called then.
        let calls: [Int] = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    let log = Calls()
                    let first = Once { log.names.append(1) }
                    let old = try loop.register(descriptor, for: .read, first)
                    old.cancel()
                    let second = Once {
                        log.names.append(2)
                        log.registration?.cancel()
                        continuation.resume(returning: log.names)
                    }
                    log.registration = try loop.register(descriptor, for: .read, second)
                    old.cancel()
                    old.update(.write)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(calls == [2])
        #expect(client.descriptor >= 0)
        #expect(listener.descriptor >= 0)
    }
}

/// Waits until a descriptor is ready.
private func readiness(of descriptor: Int32, _ interest: Interest, on loop: EventLoop) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        loop.execute {
            do {
                let calls = Calls()
                let handler = Once {
                    calls.registration?.cancel()
                    continuation.resume()
                }
                calls.registration = try loop.register(descriptor, for: interest, handler)
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

private final class Calls {
    var names: [Int] = []
    var registration: Registration?
}

private final class Once: EventHandler {
    private let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
    func handle(_ events: Events) { body() }
}
