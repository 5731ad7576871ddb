// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSKit
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSClamdDriver

/// The protocol's edges, played by a fake; and the real daemon.
@Suite struct ClamdScannerTests {
    private static let loops = Result { try EventLoopGroup(count: 1, name: "clamd") }
    private static let pool = Result { try SidePool(threads: 1, queueLimit: 64, name: "clamd") }

    private static func scanner(
        at url: String,
        _ change: (inout ClamdScanner.Limits) -> Void = { _ in }
    ) throws -> ClamdScanner {
        var limits = ClamdScanner.Limits()
        change(&limits)
        return ClamdScanner(
            at: try #require(ClamdAddress(url)),
            on: try loops.get().next(),
            pool: try pool.get(),
            limits: limits
        )
    }

    private static func scanner(
        at fake: FakeClamd,
        _ change: (inout ClamdScanner.Limits) -> Void = { _ in }
    ) throws -> ClamdScanner { try scanner(at: "unix://\(fake.path)", change) }

    private static func name(_ text: String) throws -> MalwareVerdict { .found(try #require(MalwareName(text))) }

    // MARK: What it says

    @Test func `a content is sent in chunks with their lengths, and all of it`() async throws {
        let received = Mutex<[[UInt8]]>([])
        let fake = try FakeClamd { talk in
            guard talk.command() == "zINSTREAM" else { return }
            let chunks = talk.chunks()
            received.withLock { $0 = chunks }
            talk.write(Array("stream: OK\0".utf8))
        }
        defer { fake.stop() }
        let content = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let pieces = Pieces([Array(content[..<1]), [], Array(content[1..<1_000_000]), Array(content[1_000_000...])])
        #expect(try await Self.scanner(at: fake).scan(pieces) == .clean)
        let chunks = received.withLock { $0 }
        #expect(chunks.flatMap(\.self) == content)
        #expect(chunks.allSatisfy { (1...262_144).contains($0.count) })
    }

    @Test func `an empty content is looked through as well`() async throws {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            talk.write(Array((talk.chunks().isEmpty ? "stream: OK\0" : "").utf8))
        }
        defer { fake.stop() }
        #expect(try await Self.scanner(at: fake).scan(Pieces([])) == .clean)
    }

    @Test(arguments: [
        ("stream: Eicar-Test-Signature FOUND\0", "Eicar-Test-Signature"), ("stream: A FOUND FOUND\0", "unknown"),
        ("stream: caf\u{E9} FOUND\0", "unknown"),
        ("stream: \(String(repeating: "x", count: 101)) FOUND\0", "unknown"),
        ("stream: {HEX}php.base64.v23au.186.UNOFFICIAL FOUND\0", "{HEX}php.base64.v23au.186.UNOFFICIAL"),
    ])
    func `what was found has a name that is safe to write down`(reply: String, name: String) async throws {
        #expect(try await verdict(Array(reply.utf8)) == Self.name(name))
    }

    @Test(arguments: [
        "INSTREAM size limit exceeded. ERROR\0", "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
    ])
    func `what was not looked at is not clean`(reply: String) async throws {
        #expect(try await verdict(Array(reply.utf8)) == .beyondLimits)
    }

    @Test(
        arguments: [
            [], Array("stream: OK".utf8), Array("stream: OK\n".utf8), Array("stream: OK\0x".utf8), [0],
            Array("OK\0".utf8), Array("stream: ok\0".utf8), Array("stream: FOUND\0".utf8), Array("stream: OK \0".utf8),
            Array("stream: Can't allocate memory ERROR\0".utf8), Array("UNKNOWN COMMAND\0".utf8),
            Array("stream: ".utf8) + [0xFF, 0xFE] + Array(" FOUND\0".utf8), Array(repeating: 0x41, count: 100_000),
            Array("stream: OK\0stream: OK\0".utf8),
        ] as [[UInt8]]
    )
    func `attack: answers that are cut, too long or nonsense are no verdict`(reply: [UInt8]) async throws {
        let error = await #expect(throws: MalwareScannerError.self) { try await verdict(reply) }
        guard case .failed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// What comes of a content that is answered so, and the connection ended.
    private func verdict(_ reply: [UInt8]) async throws -> MalwareVerdict {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.chunks()
            talk.write(reply)
        }
        defer { fake.stop() }
        return try await Self.scanner(at: fake).scan(Pieces([[1, 2, 3]]))
    }

    /// Why a content is not looked through; `nil` if it is.
    private static func failure(of scanner: ClamdScanner, _ content: Pieces) async -> MalwareScannerError? {
        do throws(MalwareScannerError) {
            _ = try await scanner.scan(content)
            return nil
        } catch {
            return error
        }
    }

    // MARK: When it says it, or does not

    @Test func `attack: a content is not clean before it was sent`() async throws {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            talk.write(Array("stream: OK\0".utf8))
            talk.hold()
        }
        defer { fake.stop() }
        let scanner = try Self.scanner(at: fake)
        let error = try #require(await Self.failure(of: scanner, Self.long))
        #expect(error == .failed(reason: "the answer makes no sense"))
    }

    @Test func `a content that is too long is told as soon as that is known`() async throws {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.read(100_000)
            talk.write(Array("INSTREAM size limit exceeded. ERROR\0".utf8))
        }
        defer { fake.stop() }
        #expect(try await Self.scanner(at: fake).scan(Self.long) == .beyondLimits)
    }

    @Test func `who takes nothing, or says nothing, is not waited for`() async throws {
        let stuck = try FakeClamd { $0.hold() }
        defer { stuck.stop() }
        let mute = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.chunks()
            talk.hold()
        }
        defer { mute.stop() }
        let dripping = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.chunks()
            talk.write(Array("stream: ".utf8))
            talk.hold()
        }
        defer { dripping.stop() }
        for (fake, content) in [(stuck, Self.long), (mute, Pieces([[1]])), (dripping, Pieces([[1]]))] {
            let scanner = try Self.scanner(at: fake) { limits in
                (limits.stall, limits.answer) = (.milliseconds(200), .milliseconds(200))
            }
            let error = await Self.failure(of: scanner, content)
            #expect(error == .failed(reason: "it does not answer in time"))
        }
        let scanner = try Self.scanner(at: stuck) { $0.total = .milliseconds(200) }
        guard case .failed = await Self.failure(of: scanner, Self.long) else {
            Issue.record("it was waited for")
            return
        }
    }

    @Test func `who hangs up in the middle has said nothing`() async throws {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.read(1_000)
        }
        defer { fake.stop() }
        let scanner = try Self.scanner(at: fake)
        #expect(await Self.failure(of: scanner, Self.long) == .failed(reason: "clamd hung up"))
    }

    @Test func `a content that cannot be read is told as that, and the next one is looked through`() async throws {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.chunks()
            talk.write(Array("stream: OK\0".utf8))
        }
        defer { fake.stop() }
        let scanner = try Self.scanner(at: fake) { $0.concurrent = 1 }
        let broken = await Self.failure(of: scanner, Pieces([[1]], failing: .damaged))
        #expect(broken == .content(.damaged))
        #expect(try await scanner.scan(Pieces([[1]])) == .clean)
    }

    @Test func `no more contents are looked through at a time than may be`() async throws {
        let fake = try FakeClamd { talk in
            _ = talk.command()
            _ = talk.chunks()
            talk.write(Array("stream: OK\0".utf8))
        }
        defer { fake.stop() }
        let scanner = try Self.scanner(at: fake) { $0.concurrent = 2 }
        let inner = Pieces([[1]]) {
            let third = await Self.failure(of: scanner, Pieces([[1]]))
            #expect(third == .busy)
        }
        let outer = Pieces([[1]]) {
            let second = await Self.failure(of: scanner, inner)
            #expect(second == nil)
        }
        #expect(try await scanner.scan(outer) == .clean)
        #expect(try await scanner.scan(Pieces([[1]])) == .clean)
    }

    @Test func `nobody at the address is told as that`() async throws {
        let port = try RedisServer.freePort()
        for url in ["unix:///tmp/lms-nobody-\(port).sock", "tcp://127.0.0.1:\(port)", "tcp://localhost:\(port)"] {
            let scanner = try Self.scanner(at: url)
            guard case .unreachable = await Self.failure(of: scanner, Pieces([[1]])) else {
                Issue.record("\(url) answers")
                continue
            }
            await #expect(throws: MalwareScannerError.self) { try await scanner.probe() }
        }
    }

    @Test(arguments: ["PONG\0": true, "PING\0": false, "": false, "PONG": false])
    func `who answers PING with PONG is a clamd`(reply: String, isOne: Bool) async throws {
        let fake = try FakeClamd { talk in
            if talk.command() == "zPING" { talk.write(Array(reply.utf8)) }
        }
        defer { fake.stop() }
        let scanner = try Self.scanner(at: fake)
        if isOne {
            try await scanner.probe()
        } else {
            await #expect(throws: MalwareScannerError.self) { try await scanner.probe() }
        }
    }

    // MARK: The daemon itself

    @Test func `clamd finds what it knows, wherever in a content it is, and nothing else`() async throws {
        let server = try ClamdServer()
        defer { server.stop() }
        let noise = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }
        for url in ["unix://\(server.path)", "tcp://127.0.0.1:\(server.port)"] {
            let scanner = try Self.scanner(at: url)
            try await scanner.probe()
            #expect(try await scanner.scan(Pieces([noise])) == .clean)
            #expect(try await scanner.scan(Pieces([EICAR.bytes])) == Self.name(EICAR.name))
            let split = [noise + EICAR.bytes[..<30], Array(EICAR.bytes[30...]) + noise]
            #expect(try await scanner.scan(Pieces(split)) == Self.name(EICAR.name))
            let tooLong = Pieces(Array(repeating: noise, count: ClamdServer.contentLimit / noise.count + 1))
            #expect(try await scanner.scan(tooLong) == .beyondLimits)
        }
    }

    // MARK: Addresses

    @Test(arguments: [
        ("unix:///run/clamav/clamd.ctl", true), ("tcp://127.0.0.1", true), ("tcp://[::1]:3310", true),
        ("tcp://clamav:3311", false),
    ])
    func `an address is read`(url: String, isHere: Bool) throws {
        let address = try #require(ClamdAddress(url))
        #expect(address.isOnThisMachine == isHere)
        #expect(ClamdAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "clamd", "/run/clamav/clamd.ctl", "unix://run/clamd.ctl", "unix:///", "unix:///run/", "tcp://",
        "tcp://:3310",
        "tcp://host:0", "tcp://host:70000", "tcp://host/path", "tcp://u:p@host:1", "http://host:3310",
        "unix:///run/clamd.ctl?x", "unix:///\(String(repeating: "a", count: 107))",
    ])
    func `what is no address is none`(url: String) {
        #expect(ClamdAddress(url) == nil)
    }

    /// More than a socket takes before somebody reads.
    private static var long: Pieces { Pieces(Array(repeating: Array(repeating: 7, count: 1 << 20), count: 16)) }
}

/// A content in given pieces.
private final class Pieces: BlobSource {
    private let left: Mutex<[[UInt8]]>
    private let failure: BlobError?
    private let atEnd: @Sendable () async -> Void

    /// - Parameters:
    ///   - pieces: What is given.
    ///   - failure: What is thrown after that.
    ///   - atEnd: What is done before the end is told.
    init(_ pieces: [[UInt8]], failing failure: BlobError? = nil, atEnd: @escaping @Sendable () async -> Void = {}) {
        left = Mutex(pieces.reversed())
        self.failure = failure
        self.atEnd = atEnd
    }

    func next() async throws(BlobError) -> [UInt8]? {
        if let piece = left.withLock({ $0.popLast() }) { return piece }
        if let failure { throw failure }
        await atEnd()
        return nil
    }
}
