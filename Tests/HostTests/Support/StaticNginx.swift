// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTestSupport

/// An nginx of a test's own that gives out the files of a directory; in one process, on loopback.
final class StaticNginx {
    /// The port it listens on.
    let port: UInt16
    private let directory: URL
    private let program: Program

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - files: The bytes of each file by its name.
    ///   - mediaType: What it says that all of them are.
    /// - Throws: If it does not come up.
    init(serving files: [String: [UInt8]], as mediaType: String) async throws {
        port = try RedisServer.freePort()
        directory = FileManager.default.temporaryDirectory.appending(path: "lms-static-\(UUID().uuidString)")
        let root = directory.appending(path: "root")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: root.appending(path: name)) }
        let path = directory.path
        let configuration = """
            daemon off; master_process off; worker_processes 1; pid \(path)/pid; error_log stderr notice;
            events { worker_connections 64; }
            http {
                access_log off; default_type \(mediaType);
                client_body_temp_path \(path)/body; proxy_temp_path \(path)/proxy; fastcgi_temp_path \(path)/fastcgi;
                uwsgi_temp_path \(path)/uwsgi; scgi_temp_path \(path)/scgi;
                server { listen 127.0.0.1:\(port); root \(root.path); }
            }
            """
        try configuration.write(to: directory.appending(path: "nginx.conf"), atomically: true, encoding: .utf8)
        program = try Program("nginx", ["-c", "\(path)/nginx.conf", "-p", path, "-e", "stderr"], environment: [:])
        // Said after the port is bound.
        try await program.wait(for: "event method")
    }

    /// Ends it.
    func stop() {
        program.destroy()
        // Left in the temporary directory if it fails.
        try? FileManager.default.removeItem(at: directory)
    }
}
