// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSRedisDriver
internal import LMSTestSupport
internal import Testing

@Suite struct RedisTLSTests {
    private func server(_ certificate: SelfSignedCertificate) throws -> RedisServer {
        let port = try RedisServer.freePort()
        return try RedisServer(
            [
                "--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no", "--tls-cert-file",
                certificate.file,
            ]
                + ["--tls-key-file", certificate.key, "--tls-ca-cert-file", certificate.file],
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
        let certificate = try SelfSignedCertificate(for: "DNS:localhost,IP:127.0.0.1")
        let server = try server(certificate)
        for host in ["localhost", "127.0.0.1"] {
            let url = "rediss://\(host):\(server.port)"
            #expect(try await outcome(url, trusting: certificate.file) == nil, "\(host)")
        }
        let fixture = try RedisFixture("rediss://127.0.0.1:\(server.port)") {
            $0.certificateFile = certificate.file
        }
        let long = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await fixture.redis.send(RedisCommand("ECHO", [.bytes(long)])).bytes == long)
    }

    @Test func `attack: a server with another one's certificate is not spoken to`() async throws {
        let certificate = try SelfSignedCertificate(for: "DNS:other.example.org,IP:127.0.0.9")
        let server = try server(certificate)
        for host in ["localhost", "127.0.0.1"] {
            let url = "rediss://\(host):\(server.port)"
            #expect(try await outcome(url, trusting: certificate.file) == .insecure, "\(host)")
        }
    }

    @Test func `attack: a certificate that nobody vouches for, and a server without TLS, are not spoken to`()
        async throws
    {
        let certificate = try SelfSignedCertificate(for: "IP:127.0.0.1")
        let other = try SelfSignedCertificate(for: "IP:127.0.0.1")
        let server = try server(certificate)
        let url = "rediss://127.0.0.1:\(server.port)"
        #expect(try await outcome(url, trusting: nil) == .insecure)
        #expect(try await outcome(url, trusting: other.file) == .insecure)
        let plain = try RedisServer()
        // It waits for the end of a line that never comes.
        #expect(
            try await outcome("rediss://127.0.0.1:\(plain.port)", trusting: certificate.file) == .timedOut
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
