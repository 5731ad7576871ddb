// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSCurlDriver
    import LMSEventLoop
    import LMSHTTP
    import LMSOpenSSLDriver
    import LMSTenancy
    import LMSTestSupport
    import Testing

    @testable import LMSHost
    @testable import LMSKit

    /// Over a socket, because a file that is sent in pieces is sent by a connection.
    @Suite struct FileRoutesTests {
        private static let content = FileSite.content

        private static let loops = Result { try EventLoopGroup(count: 2, name: "files") }

        /// The file, as a client reads it.
        struct File {
            let client: CurlHTTPClient
            let url: String

            func read(_ fields: [(name: String, value: String)] = []) async throws -> OutgoingResponse {
                var fields = fields
                fields.append(("authorization", "Bearer admin"))
                return try await client.send(OutgoingRequest(.get, url, fields: fields, limitInBytes: 4 << 20))
            }
        }

        private func withFile(_ body: (File) async throws -> Void) async throws {
            try await FileSite.withFiles(["a.png": Self.content]) { port, paths in
                let ranges = try #require(NetworkRange.list("127.0.0.1"))
                let client = CurlHTTPClient(
                    loop: try Self.loops.get().next(),
                    addresses: OutgoingAddresses(allowing: ranges)
                )
                let path = try #require(paths["a.png"])
                try await body(File(client: client, url: "http://127.0.0.1:\(port)\(path)"))
            }
        }

        @Test func `a part of a file is those bytes of it, whether it is sent at once or in pieces`() async throws {
            try await withFile { file in
                let count = Self.content.count
                let whole = try await file.read()
                #expect(whole.status == 200 && whole.body == Self.content)
                #expect(whole.field("accept-ranges") == "bytes" && whole.field("content-length") == "\(count)")
                let etag = try #require(whole.field("etag"))
                for range in [0..<1, 65_530..<65_540, 100_000..<1_500_000, count - 1..<count] {
                    let wanted = "\(range.lowerBound)-\(range.upperBound - 1)"
                    let part = try await file.read([("range", "bytes=\(wanted)"), ("accept-encoding", "gzip")])
                    #expect(part.status == 206 && part.field("content-encoding") == nil)
                    #expect(part.field("content-range") == "bytes \(wanted)/\(count)")
                    #expect(part.body == Array(Self.content[range]))
                }
                #expect(try await file.read([("range", "bytes=0-1"), ("if-range", "\"another\"")]).status == 200)
                #expect(try await file.read([("range", "bytes=0-1"), ("if-range", etag)]).status == 206)
                #expect(try await file.read([("range", "bytes=0-1"), ("if-none-match", etag)]).status == 304)
                #expect(try await file.read([("if-none-match", etag)]).status == 304)
                let beyond = try await file.read([("range", "bytes=\(count)-")])
                #expect(beyond.status == 416 && beyond.field("content-range") == "bytes */\(count)")
                #expect(try JSONValue.parse(beyond.body)["code"]?.text == "RANGE_NOT_SATISFIABLE")
            }
        }
    }
#endif
