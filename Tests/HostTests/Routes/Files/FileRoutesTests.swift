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
        /// Longer than what is sent at once, and a text, which would be compressed if it could.
        static let content = Array(String(repeating: "0123456789abcdef", count: 100_000).utf8)

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

        private func serve(_ host: TestHost, _ body: (UInt16) async throws -> Void) async throws {
            var configuration = HTTPServerConfiguration()
            configuration.port = 0
            let group = try Self.loops.get()
            let server = HTTPServer(configuration: configuration, group: group, handler: host.pipeline.respond)
            try server.start()
            do {
                try await body(server.port)
            } catch {
                await server.shutdown(deadline: .zero)
                throw error
            }
            await server.shutdown(deadline: .zero)
        }

        private func withFile(_ body: (File) async throws -> Void) async throws {
            try await withTenant { tenant in
                let platform = try TestPlatform()
                let directory = FileManager.default.temporaryDirectory.appending(
                    path: "file-tests-\(UUID().uuidString)"
                )
                // Left in the temporary directory if it fails.
                defer { try? FileManager.default.removeItem(at: directory) }
                let importer = try CourseImporter(
                    lms: platform.lms,
                    tenants: tenant.tenants,
                    cryptography: OpenSSLCryptography(),
                    dataDirectory: directory.path
                )
                var sources = CourseImportRoutesTests.course.mapValues { Array($0.utf8) }
                sources["static/a.png"] = Self.content
                let files = InMemoryCourseFiles(sources)
                _ = try await importer.imports.store(
                    try OLX.read(files),
                    files: files,
                    key: try #require(CourseImportKey("files")),
                    into: tenant.id,
                    as: .test,
                    tenants: tenant.tenants
                )
                let rows = try await tenant.transaction { try await $0.execute("SELECT id FROM files") }
                let file: StoredFile.ID = try #require(rows.only)[0]
                let tokens = ["admin": try await platform.member("ada", .admin, of: tenant)]
                let routes = FileRoutes(files: importer.files).routes
                let host = try TestHost(routes: routes, tokens: tokens, tenant: tenant.tenant, tenants: tenant.tenants)
                try await serve(host) { port in
                    let ranges = try #require(NetworkRange.list("127.0.0.1"))
                    let client = CurlHTTPClient(
                        loop: try Self.loops.get().next(),
                        addresses: OutgoingAddresses(allowing: ranges)
                    )
                    try await body(File(client: client, url: "http://127.0.0.1:\(port)/api/v1/files/\(file)"))
                }
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
