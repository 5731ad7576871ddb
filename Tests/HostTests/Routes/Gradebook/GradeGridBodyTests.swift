// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl && Compression
    internal import LMSCurlDriver
    internal import LMSEventLoop
    internal import LMSHTTP
    internal import LMSTenancy
    internal import LMSZlibDriver
    internal import Testing

    @testable import LMSHost
    @testable import LMSKit

    /// Over a socket, because a long page is sent slice by slice by a connection.
    @Suite struct GradeGridBodyTests {
        private static let loops = Result { try EventLoopGroup(count: 2, name: "grades") }

        private static func page(of count: Int) -> GradeGridBody {
            let learners = (0..<count).map { LearnerGrades.example($0 % 2 == 0 ? .example : .empty) }
            return GradeGridBody(items: [.example(.manual), .example(.quiz)], learners: learners, nextCursor: "next")
        }

        /// Has a page sent by the middleware.
        private func reply(of count: Int, _ fields: [(name: String, value: String)]) async throws -> OutgoingResponse {
            let route = Route(.get, "/api/v1/grades", "Show grades", access: .publicRead) {
                (input: Input<Nothing, Nothing, Nothing>, context) in
                .ok(Self.page(of: count))
            }
            let compressor = ReplyCompressor()
            let host = try TestHost(routes: [route], gzip: compressor.compress, streamedGzip: compressor.coder)
            var configuration = HTTPServerConfiguration()
            configuration.port = 0
            let group = try Self.loops.get()
            let server = HTTPServer(configuration: configuration, group: group, handler: host.pipeline.respond)
            try server.start()
            let ranges = try #require(NetworkRange.list("127.0.0.1"))
            let client = CurlHTTPClient(loop: group.next(), addresses: OutgoingAddresses(allowing: ranges))
            let url = "http://127.0.0.1:\(server.port)/api/v1/grades"
            let fields = fields + [("x-tenant-id", "acme")]
            let sent = try await client.send(OutgoingRequest(.get, url, fields: fields, limitInBytes: 8 << 20))
            await server.shutdown(deadline: .zero)
            return sent
        }

        @Test(arguments: [3, 100, 2_000])
        func `a page is the same text, whether it is sent at once or in slices, plain or compressed`(
            count: Int
        ) async throws {
            var whole = JSONWriter()
            Self.page(of: count).write(to: &whole)
            let plain = try await reply(of: count, [])
            #expect(plain.status == 200)
            #expect(plain.body == whole.bytes)
            #expect(plain.field("transfer-encoding") == (whole.bytes.count > 65_536 ? "chunked" : nil))
            #expect(plain.field("content-encoding") == nil)
            let packed = try await reply(of: count, [("accept-encoding", "gzip")])
            #expect(packed.field("content-encoding") == "gzip")
            #expect(packed.field("vary") == "Accept-Encoding")
            #expect(try Gzip.decompress(packed.body, limit: whole.bytes.count) == whole.bytes)
        }
    }
#endif
