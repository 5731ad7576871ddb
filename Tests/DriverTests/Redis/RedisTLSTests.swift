// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSRedisDriver
internal import LMSTestSupport
internal import Testing

@Suite struct RedisTLSTests {
    /// A certificate of its own for some names, in files that go with it.
    private final class Certificate: Sendable {
        let directory = FileManager.default.temporaryDirectory.appending(path: "redis-tls-\(UUID().uuidString)")
        var key: String { directory.appending(path: "key.pem").path }
        var certificate: String { directory.appending(path: "certificate.pem").path }

        init(for names: String) throws {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let openssl = Process()
            openssl.executableURL = URL(filePath: "/usr/bin/env")
            openssl.arguments =
                [
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2",
                ]
                + ["-subj", "/CN=test", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
        }

        deinit {
            try? FileManager.default.removeItem(at: directory)  // a temporary directory that stays does no harm
        }
    }

    private func server(_ certificate: Certificate) throws -> RedisServer {
        let port = try RedisServer.freePort()
        return try RedisServer(
            [
                "--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no", "--tls-cert-file",
                certificate.certificate,
            ]
                + ["--tls-key-file", certificate.key, "--tls-ca-cert-file", certificate.certificate],
            port: port
        )
    }

    private func outcome(_ url: String, trusting file: String?) async throws -> RedisConnectionError? {
        let fixture = try RedisFixture(url) { $0.certificateFile = file }
        do throws(RedisError) {
            _ = try await fixture.redis.send(RedisCommand("PING"))
            return nil
        } catch {
            return await fixture.redis.lastFailure()
        }
    }

    @Test func `a server whose certificate is trusted for its name or address is spoken to, also at length`()
        async throws
    {
        let certificate = try Certificate(for: "DNS:localhost,IP:127.0.0.1")
        let server = try server(certificate)
        for host in ["localhost", "127.0.0.1"] {
            let url = "rediss://\(host):\(server.port)"
            #expect(try await outcome(url, trusting: certificate.certificate) == nil, "\(host)")
        }
        let fixture = try RedisFixture("rediss://127.0.0.1:\(server.port)") {
            $0.certificateFile = certificate.certificate
        }
        let long = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await fixture.redis.send(RedisCommand("ECHO", [.bytes(long)])).bytes == long)
    }

    @Test func `attack: a server with another one's certificate is not spoken to`() async throws {
        let certificate = try Certificate(for: "DNS:other.example.org,IP:127.0.0.9")
        let server = try server(certificate)
        for host in ["localhost", "127.0.0.1"] {
            let url = "rediss://\(host):\(server.port)"
            #expect(try await outcome(url, trusting: certificate.certificate) == .insecure, "\(host)")
        }
    }

    @Test func `attack: a certificate that nobody vouches for, and a server without TLS, are not spoken to`()
        async throws
    {
        let (certificate, other) = (try Certificate(for: "IP:127.0.0.1"), try Certificate(for: "IP:127.0.0.1"))
        let server = try server(certificate)
        let url = "rediss://127.0.0.1:\(server.port)"
        #expect(try await outcome(url, trusting: nil) == .insecure)
        #expect(try await outcome(url, trusting: other.certificate) == .insecure)
        let plain = try RedisServer()
        // It waits for the end of a line that never comes.
        #expect(
            try await outcome("rediss://127.0.0.1:\(plain.port)", trusting: certificate.certificate) == .timedOut
        )
        #expect(try await outcome("redis://127.0.0.1:\(server.port)", trusting: nil) != nil)
    }

    @Test func `a file of authorities that cannot be read is named`() throws {
        let error = #expect(throws: TLSError.self) {
            _ = try RedisFixture("rediss://127.0.0.1:1") { $0.certificateFile = "/nowhere.pem" }
        }
        #expect(error?.description.contains("/nowhere.pem") == true)
    }
}
