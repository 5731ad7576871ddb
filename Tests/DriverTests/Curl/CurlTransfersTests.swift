// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSCurlDriver
    import LMSEventLoop
    import LMSHTTP
    import LMSTenancy
    import Synchronization
    import Testing

    /// Many requests beside each other on one loop.
    @Suite struct CurlTransfersTests {
        private static let peers = Result { try EventLoopGroup(count: 1, name: "peer") }
        private static let outgoing = Result { try EventLoopGroup(count: 1, name: "outgoing") }

        private func client(
            limits: CurlHTTPClient.Limits = CurlHTTPClient.Limits(),
            allowing networks: String = "127.0.0.1",
            naming: (@Sendable (String) -> [String])? = nil
        ) throws -> CurlHTTPClient {
            CurlHTTPClient(
                loop: try Self.outgoing.get().next(),
                addresses: OutgoingAddresses(allowing: try #require(NetworkRange.list(networks))),
                limits: limits,
                naming: naming
            )
        }

        private func withServer(
            handler: @escaping HTTPHandler,
            _ body: (_ port: UInt16) async throws -> Void
        ) async throws {
            var configuration = HTTPServerConfiguration()
            configuration.port = 0
            let server = HTTPServer(configuration: configuration, group: try Self.peers.get(), handler: handler)
            try server.start()
            do {
                try await body(server.port)
            } catch {
                await server.shutdown(deadline: .zero)
                throw error
            }
            await server.shutdown(deadline: .zero)
        }

        private static let fine: HTTPHandler = { _ in HTTPResponse(status: .ok) }

        /// A target that takes connections and never says a word.
        private func silence() throws -> Listener { try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive) }

        private static func threads() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        }

        @Test func `200 targets that never answer cost no thread, and another one is answered meanwhile`() async throws
        {
            let silent = try silence()
            var limits = CurlHTTPClient.Limits()
            limits.concurrentPerHost = 200
            let client = try client(limits: limits)
            let url = "http://127.0.0.1:\(silent.port)/"
            try await withServer(handler: Self.fine) { port in
                let before = try Self.threads()
                try await withThrowingTaskGroup(of: OutgoingError?.self) { group in
                    for _ in 0..<200 {
                        group.addTask {
                            do throws(OutgoingError) {
                                _ = try await client.send(OutgoingRequest(.get, url, timeout: .seconds(60)))
                                return nil
                            } catch {
                                return error
                            }
                        }
                    }
                    for _ in 0..<20 {
                        let reply = try await client.send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/"))
                        #expect(reply.status == 200)
                    }
                    // Other tests run in this process too: a few threads more or less say nothing, 200 would.
                    let meanwhile = try Self.threads()
                    #expect(meanwhile < before + 100)
                    group.cancelAll()
                    for try await error in group { #expect(error == .cancelled) }
                }
            }
        }

        @Test func `who asks for a head gets its fields and does not wait for content`() async throws {
            let handler: HTTPHandler = { _ in HTTPResponse(status: .ok, body: .bytes(Array(repeating: 7, count: 100))) }
            try await withServer(handler: handler) { port in
                let reply = try await client().send(OutgoingRequest(.head, "http://127.0.0.1:\(port)/"))
                #expect(reply.status == 200 && reply.body.isEmpty)
                #expect(reply.field("content-length") == "100")
            }
        }

        @Test func `one host has no more than its share, and who waits too long is told`() async throws {
            let silent = try silence()
            var limits = CurlHTTPClient.Limits()
            (limits.concurrent, limits.concurrentPerHost, limits.waiting) = (3, 2, 1)
            let client = try client(limits: limits)
            let slow = OutgoingRequest(.get, "http://127.0.0.1:\(silent.port)/", timeout: .milliseconds(700))
            try await withServer(handler: Self.fine) { port in
                let errors = await withTaskGroup(of: OutgoingError?.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            do throws(OutgoingError) {
                                _ = try await client.send(slow)
                                return nil
                            } catch {
                                return error
                            }
                        }
                    }
                    // The third place is another host's, although somebody waits.
                    group.addTask {
                        do throws(OutgoingError) {
                            _ = try await client.send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/"))
                            return nil
                        } catch {
                            return error
                        }
                    }
                    var errors: [OutgoingError?] = []
                    for await error in group { errors.append(error) }
                    return errors
                }
                #expect(errors.filter { $0 == nil }.count == 1)
                // Two were on their way; one waited and one had no room to wait.
                #expect(errors.filter { $0 == .timedOut }.count >= 2)
                #expect(errors.filter { $0 == .busy }.count >= 1)
            }
        }

        @Test func `a place that becomes free goes to who waits`() async throws {
            var limits = CurlHTTPClient.Limits()
            limits.concurrent = 1
            let client = try client(limits: limits)
            try await withServer(handler: Self.fine) { port in
                await withTaskGroup(of: Int?.self) { group in
                    for _ in 0..<30 {
                        group.addTask {
                            // Whatever error there is shows as a reply that is missing.
                            try? await client.send(OutgoingRequest(.post, "http://127.0.0.1:\(port)/")).status
                        }
                    }
                    for await status in group { #expect(status == 200) }
                }
            }
        }

        @Test func `a cancelled request ends at once, also one that waits for its turn`() async throws {
            let silent = try silence()
            var limits = CurlHTTPClient.Limits()
            limits.concurrent = 1
            let client = try client(limits: limits)
            let request = OutgoingRequest(.get, "http://127.0.0.1:\(silent.port)/", timeout: .seconds(60))
            let tasks = (0..<3).map { _ in
                Task {
                    do throws(OutgoingError) {
                        _ = try await client.send(request)
                        return OutgoingError?.none
                    } catch {
                        return error
                    }
                }
            }
            for task in tasks { task.cancel() }
            for task in tasks { #expect(await task.value == .cancelled) }
        }

        @Test func `a target that sends one byte at a time has only the time of the request`() async throws {
            let loop = try Self.peers.get().next()
            try await withServer(handler: { _ in
                HTTPResponse(
                    status: .ok,
                    body: .stream(length: 1_000) { writer in
                        for _ in 0..<1_000 {
                            try await writer.write([65])
                            try await loop.sleep(for: .milliseconds(20))
                        }
                    }
                )
            }) { port in
                let client = try client()
                let request = OutgoingRequest(.get, "http://127.0.0.1:\(port)/", timeout: .milliseconds(400))
                await #expect(throws: OutgoingError.timedOut) { try await client.send(request) }
            }
        }

        @Test func `attack: a name that stands for another address the second time (DNS rebinding) is refused then`()
            async throws
        {
            let asked = Mutex(0)
            // 127.0.0.1 stands for a public address here, because the operator allowed it; 127.0.0.2 is as private as any.
            let client = try client(naming: { _ in
                asked.withLock { asked in
                    asked += 1
                    return [asked == 1 ? "127.0.0.1" : "127.0.0.2"]
                }
            })
            try await withServer(handler: Self.fine) { port in
                let request = OutgoingRequest(.post, "http://rebinding.example:\(port)/", body: [65])
                let first = try await client.send(request)
                #expect(first.status == 200)
                await #expect(throws: OutgoingError.refusedAddress) { try await client.send(request) }
                #expect(asked.withLock { $0 } == 2)
            }
        }

        @Test func `attack: of several addresses of a name the private ones are left out`() async throws {
            let client = try client(naming: { _ in ["127.0.0.2", "127.0.0.1"] })
            let seen = Mutex<[String]>([])
            try await withServer(handler: { request in
                seen.withLock { $0.append(request["host"] ?? "") }
                return HTTPResponse(status: .ok)
            }) { port in
                let reply = try await client.send(OutgoingRequest(.get, "http://several.example:\(port)/"))
                #expect(reply.status == 200)
                #expect(seen.withLock { $0.count } == 1)
            }
        }
    }
#endif
