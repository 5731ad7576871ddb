// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSOpenSSLDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

/// The files of a course, served over a socket, because a file that is sent in pieces is sent by a connection.
enum FileSite {
    /// Longer than what is sent at once, and a text, which would be compressed if it could.
    static let content = Array(String(repeating: "0123456789abcdef", count: 100_000).utf8)

    private static let loops = Result { try EventLoopGroup(count: 2, name: "files") }

    private static func serve(_ host: TestHost, _ body: (UInt16) async throws -> Void) async throws {
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

    /// Serves the files of a course to whoever has the token `admin`.
    ///
    /// - Parameters:
    ///   - files: Their bytes by name.
    ///   - body: Is given the port, and the path of each file by name.
    /// - Throws: What the body threw; or if the files cannot be served.
    static func withFiles(
        _ files: [String: [UInt8]],
        _ body: (UInt16, [String: String]) async throws -> Void
    ) async throws {
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
            let images = files.keys.sorted().map { #"<img src="/static/\#($0)"/>"# }.joined()
            let course =
                #"<course url_name="r" display_name="A course"><chapter display_name="One"><vertical display_name="U">"#
                + "<html>Hi \(images)</html></vertical></chapter></course>"
            var sources = ["course.xml": Array(course.utf8)]
            for (name, bytes) in files { sources["static/\(name)"] = bytes }
            let source = InMemoryCourseFiles(sources)
            _ = try await importer.imports.store(
                try OLX.read(source),
                files: source,
                key: try #require(CourseImportKey("files")),
                into: tenant.id,
                as: .test,
                tenants: tenant.tenants
            )
            let rows = try await tenant.transaction { try await $0.execute("SELECT name, id FROM files") }
            var paths: [String: String] = [:]
            for row in rows {
                let (name, id): (String, StoredFile.ID) = (try row[0], try row[1])
                paths[name] = "/api/v1/files/\(id)"
            }
            let tokens = ["admin": try await platform.member("ada", .admin, of: tenant)]
            let routes = FileRoutes(files: importer.files).routes
            let host = try TestHost(routes: routes, tokens: tokens, tenant: tenant.tenant, tenants: tenant.tenants)
            try await serve(host) { port in try await body(port, paths) }
        }
    }
}
