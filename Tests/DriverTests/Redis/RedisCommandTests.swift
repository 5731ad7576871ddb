// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@Suite struct RedisCommandTests {
    private static func key(_ name: String, _ tenant: TenantID = .unused()) -> RedisKey {
        RedisKey(TenantCacheKey(tenant, .cache, name))
    }

    @Test func `a value that was set is read as it was, whatever its bytes`() async throws {
        let fixture = try RedisFixture()
        let key = Self.key("bytes")
        let value = (0...255).map { UInt8($0) } + Array("\r\n$-1\r\n*1\r\n".utf8)
        #expect(try await fixture.redis.send(RedisCommand("SET", [.key(key), .bytes(value)])).isOK)
        #expect(try await fixture.redis.send(RedisCommand("GET", [.key(key)])) == .string(value))
        #expect(try await fixture.redis.send(RedisCommand("UNLINK", [.key(key)])) == .integer(1))
        #expect(try await fixture.redis.send(RedisCommand("GET", [.key(key)])) == .null)
    }

    @Test func `commands of many callers on several loops each get their own answer`() async throws {
        let fixture = try RedisFixture(loops: 2) { $0.pendingLimit = 100_000 }
        let tenant = TenantID.unused()
        let wrong = await withTaskGroup(of: Int.self) { group in
            for index in 0..<2_000 {
                group.addTask {
                    let command = RedisCommand("ECHO", [.text("\(tenant) \(index)")])
                    return (try? await fixture.redis.send(command).text) == "\(tenant) \(index)" ? 0 : 1
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    @Test func `a refusal is told by its code and without what was sent`() async throws {
        let fixture = try RedisFixture()
        let key = Self.key("list")
        _ = try await fixture.redis.send(RedisCommand("RPUSH", [.key(key), "a"]))
        await #expect(throws: RedisError.refused(code: "WRONGTYPE")) {
            _ = try await fixture.redis.send(RedisCommand("GET", [.key(key)]))
        }
        await #expect(throws: RedisError.refused(code: "ERR")) {
            _ = try await fixture.redis.send(RedisCommand("NOSUCHCOMMAND", [.text("secret")]))
        }
        _ = try await fixture.redis.send(RedisCommand("UNLINK", [.key(key)]))
    }

    @Test func `more commands than may wait are refused as busy, and the others are answered`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url) { $0.pendingLimit = 8 }
        _ = try await fixture.redis.send(RedisCommand("PING"))
        server.pause()
        let outcomes = await withTaskGroup(of: RedisError?.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do throws(RedisError) {
                        _ = try await fixture.redis.send(RedisCommand("PING"))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var outcomes: [RedisError?] = []
            for await outcome in group {
                outcomes.append(outcome)
                // The four beyond the limit are refused while the others wait.
                if outcomes.count == 4 { server.resume() }
            }
            return outcomes
        }
        #expect(outcomes.filter { $0 == .busy }.count == 4)
        #expect(outcomes.filter { $0 == nil }.count == 8)
    }

    @Test func `a server that hangs fails commands in time and then at once, until it goes on`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url) {
            $0.commandTimeout = .milliseconds(100)
            $0.connectTimeout = .milliseconds(200)
        }
        _ = try await fixture.redis.send(RedisCommand("PING"))
        server.pause()
        await #expect(throws: RedisError.timedOut) { _ = try await fixture.redis.send(RedisCommand("PING")) }
        await #expect(throws: RedisError.unavailable) { _ = try await fixture.redis.send(RedisCommand("PING")) }
        server.resume()
        #expect(await fixture.eventually { (try? await fixture.redis.send(RedisCommand("PING"))) != nil })
    }

    @Test func `commands are refused while the server is down, and answered when it is back`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url)
        _ = try await fixture.redis.send(RedisCommand("PING"))
        server.stop()
        #expect(
            await fixture.eventually {
                do throws(RedisError) {
                    _ = try await fixture.redis.send(RedisCommand("PING"))
                    return false
                } catch {
                    return error == .unavailable
                }
            }
        )
        let reason = await fixture.redis.lastFailure()
        guard case .unreachable = reason else {
            Issue.record("\(String(describing: reason))")
            return
        }
        try server.start()
        #expect(await fixture.eventually { (try? await fixture.redis.send(RedisCommand("PING"))) != nil })
        #expect(await fixture.redis.lastFailure() == nil)
    }

    @Test func `a password, a user and a database are signed in with, and a wrong password is told`() async throws {
        let server = try RedisServer([
            "--requirepass", "s3cret word", "--user", "app", "on", ">p%40ss", "~*", "&*", "+@all",
        ])
        let right = try RedisFixture("redis://app:p%2540ss@localhost:\(server.port)/3")
        let key = Self.key("place")
        _ = try await right.redis.send(RedisCommand("SET", [.key(key), "3"]))
        let standard = try RedisFixture("redis://:s3cret%20word@127.0.0.1:\(server.port)/3")
        #expect(try await standard.redis.send(RedisCommand("GET", [.key(key)])).text == "3")
        let other = try RedisFixture("redis://:s3cret%20word@127.0.0.1:\(server.port)")
        #expect(try await other.redis.send(RedisCommand("GET", [.key(key)])) == .null)
        let wrong = try RedisFixture("redis://app:wrong@127.0.0.1:\(server.port)")
        await #expect(throws: RedisError.unavailable) { _ = try await wrong.redis.send(RedisCommand("PING")) }
        #expect(await wrong.redis.lastFailure() == .refused(code: "WRONGPASS"))
    }

    @Test func `a caller that is cancelled goes on, and the next one gets its own answer`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url)
        _ = try await fixture.redis.send(RedisCommand("PING"))
        server.pause()
        let task = Task { try await fixture.redis.send(RedisCommand("ECHO", ["first"])) }
        task.cancel()
        await #expect(throws: RedisError.cancelled) { _ = try await task.value }
        server.resume()
        #expect(try await fixture.redis.send(RedisCommand("ECHO", ["second"])).text == "second")
    }

    @Test func `a caller that is cancelled before it begins is told so, and does not wait`() async throws {
        let fixture = try RedisFixture()
        for _ in 0..<50 {
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await fixture.redis.send(RedisCommand("PING"))
            }
            task.cancel()
            await #expect(throws: RedisError.cancelled) { _ = try await task.value }
        }
        #expect(try await fixture.redis.send(RedisCommand("PING")).text == "PONG")
    }

    @Test func `an answer that is not of the protocol ends the connection, not the process`() async throws {
        let listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        let port = listener.port
        let loops = try EventLoopGroup(count: 1)
        defer { loops.stop() }
        let liar = Liar(listener: listener, loop: loops.loops[0])
        try await liar.start()
        let fixture = try RedisFixture("redis://127.0.0.1:\(port)")
        await #expect(throws: RedisError.unavailable) { _ = try await fixture.redis.send(RedisCommand("PING")) }
        #expect(await fixture.redis.lastFailure() == .malformed)
    }

    @Test(arguments: [
        "http://localhost", "redis://", "redis://host:0", "redis://host:70000", "redis://host/x", "redis://host/-1",
        "redis://user@host", "redis://host?x=1", "redis://ho st", "host:6379", "redis://host/1/2",
    ])
    func `a URL that names no Redis is refused`(url: String) {
        #expect(RedisAddress(url) == nil)
    }

    @Test func `a URL is shown without its password`() throws {
        let address = try #require(RedisAddress("rediss://me:hush@[::1]:7000/2"))
        #expect(address.description == "rediss://[::1]:7000/2")
        #expect("\(address) \(String(reflecting: address))".contains("hush") == false)
        #expect(address.host == "::1")
        #expect(RedisAddress("redis://host")?.port == 6_379)
    }

    @Test func `attack: a name with braces, colons and line breaks stays a name of its tenant`() async throws {
        let fixture = try RedisFixture()
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        let names = [
            "}:cache:x", "{\(other)}", "x\r\nDEL lms:{\(other)}:cache:secret\r\n", "\u{0}", "*3\r\n$3\r\nSET\r\n",
            "}lms:{\(other)}:cache:secret", "../\(other)", " ",
        ]
        let secret = TenantCacheKey(other, .cache, "secret")
        _ = try await fixture.redis.send(RedisCommand("SET", [.key(RedisKey(secret)), "theirs"]))
        for name in names {
            let key = TenantCacheKey(mine, .cache, name)
            #expect(key.description.hasPrefix("lms:{\(mine)}:cache:"))
            #expect(key != secret)
            _ = try await fixture.redis.send(RedisCommand("SET", [.key(RedisKey(key)), .text(name)]))
            #expect(try await fixture.redis.send(RedisCommand("GET", [.key(RedisKey(key))])).text == name)
        }
        #expect(try await fixture.redis.send(RedisCommand("GET", [.key(RedisKey(secret))])).text == "theirs")
        for name in names + ["secret"] {
            let kept = name == "secret" ? secret : TenantCacheKey(mine, .cache, name)
            let slot = try await fixture.redis.send(RedisCommand("UNLINK", [.key(RedisKey(kept))]))
            #expect(slot == .integer(1))
        }
    }
}

/// Accepts a connection and answers with what is no answer.
///
/// SAFETY: touched on its loop only once it is started.
private final class Liar: EventHandler, @unchecked Sendable {
    private let listener: Listener
    private let loop: EventLoop
    private var sockets: [Held] = []
    private var registration: Registration?

    private final class Held {
        let socket: Socket
        init(_ socket: consuming Socket) { self.socket = socket }
    }

    init(listener: consuming Listener, loop: EventLoop) {
        self.listener = listener
        self.loop = loop
    }

    func start() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.execute {
                continuation.resume(
                    with: Result {
                        self.registration = try self.loop.register(self.listener.descriptor, for: .read, self)
                    }
                )
            }
        }
    }

    func handle(_ events: Events) {
        guard case .accepted(let socket, _, _) = listener.accept() else { return }
        let bytes = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        _ = socket.write(bytes, in: 0..<bytes.count)
        sockets.append(Held(socket))
    }
}
