// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import LMSOpenSSLDriver
import LMSTestSupport
import Testing

@Suite struct TLSTests {
    @Test(arguments: ["-tls1_3", "-tls1_2"])
    func `requests are answered over TLS of the allowed versions only`(_ version: String) async throws {
        let files = try SelfSignedCertificate()
        defer { files.remove() }
        for oldest in [TLSVersion.v1_3, .v1_2] {
            let context = try TLSContext(
                certificatePath: files.file,
                privateKeyPath: files.key,
                oldestVersion: oldest
            )
            let handler: HTTPHandler = { request in
                let size = Int(request.query ?? "") ?? 0
                let body = "\(request.isSecure) " + String(repeating: "x", count: size) + "."
                return HTTPResponse(status: .ok, body: .bytes(Array(body.utf8)))
            }
            try await withServer({ $0.tls = context }, handler: handler) { server in
                let requests =
                    "GET /?5 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /?200000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                let port = server.port
                // Its input stays open, because it leaves when that ends.
                let output = try Program.run(
                    "openssl",
                    ["s_client", "-quiet", "-verify_quiet", "-verify_return_error", "-connect", "127.0.0.1:\(port)"]
                        + ["-CAfile", files.file, version],
                    input: .open(requests),
                    hasErrors: false
                ).text
                if version == "-tls1_2", oldest == .v1_3 {
                    #expect(!output.contains("HTTP/1.1"))
                } else {
                    #expect(output.contains("true xxxxx."))
                    #expect(output.hasSuffix("xxxxx."))
                    #expect(output.utf8.count > 200_000)
                }
            }
        }
    }

    @Test func `plain HTTP to a TLS port and a silent client end the connection`() async throws {
        let files = try SelfSignedCertificate()
        defer { files.remove() }
        let context = try TLSContext(certificatePath: files.file, privateKeyPath: files.key)
        try await withServer {
            $0.tls = context
            $0.headTimeout = .milliseconds(200)
        } _: { server in
            let plain = try await RawClient.connect(server.port)
            await plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await plain.wait() == .closed)
            #expect(!(await plain.text.contains("HTTP/1.1")))
            let silent = try await RawClient.connect(server.port)
            #expect(await silent.wait() == .closed)
        }
    }

    @Test func `a file that cannot be used is named`() throws {
        let files = try SelfSignedCertificate()
        defer { files.remove() }
        let missing = #expect(throws: TLSError.self) {
            try TLSContext(certificatePath: "/nowhere.pem", privateKeyPath: files.key)
        }
        #expect(missing?.description.contains("/nowhere.pem") == true)
        let other = try SelfSignedCertificate()
        defer { other.remove() }
        let foreign = #expect(throws: TLSError.self) {
            try TLSContext(certificatePath: files.file, privateKeyPath: other.key)
        }
        #expect(foreign?.description.contains("private key \(other.key)") == true)
    }
}
