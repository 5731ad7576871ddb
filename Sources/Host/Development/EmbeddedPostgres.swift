// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

/// A PostgreSQL server of our own for development: the system's binaries, a data directory of ours, a unix socket only.
///
/// PostgreSQL refuses to run as root; then it runs as the `postgres` user, in a directory which that user can enter.
struct EmbeddedPostgres {
    let binaries: URL
    let data: URL
    let socketDirectory: URL
    let account: String?

    /// Finds the server's programs and decides where its data goes.
    init(dataDirectory: URL) throws(EmbeddedPostgresError) {
        binaries = try Self.findBinaries()
        account = NSUserName() == "root" ? "postgres" : nil
        if account != nil, !Self.canBeEnteredByOthers(dataDirectory) {
            data = URL(filePath: "/var/lib/lms").appending(path: Self.digest(dataDirectory.path)).appending(
                path: "postgres"
            )
        } else {
            data = dataDirectory.appending(path: "postgres")
        }
        // A socket's path may have 107 bytes, which a deep checkout exceeds.
        socketDirectory = URL(filePath: "/tmp/lms-\(Self.digest(data.path))")
    }

    /// Whether a data directory was made by an earlier run.
    var isInitialized: Bool {
        FileManager.default.fileExists(atPath: data.appending(path: "PG_VERSION").path)
    }

    /// Makes the data directory if there is none.
    func initialize(superuserPassword: String) throws(EmbeddedPostgresError) {
        if isInitialized { return try checkVersion() }
        do {
            // The secrets are in there: the server's account may pass through and change nothing.
            try FileManager.default.createDirectory(
                at: data.deletingLastPathComponent(),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
            try makeDirectory(data, permissions: 0o700)
            let passwordFile = data.deletingLastPathComponent().appending(path: "initdb-password")
            try Data(superuserPassword.utf8).write(to: passwordFile)
            // Best effort: it holds no more than the secrets file does.
            defer { try? FileManager.default.removeItem(at: passwordFile) }
            try own(passwordFile, permissions: 0o600)
            try run(
                "initdb",
                "--pgdata=\(data.path)",
                "--username=postgres",
                "--pwfile=\(passwordFile.path)",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums"
            )
            try settings.write(to: data.appending(path: "postgresql.auto.conf"), atomically: false, encoding: .utf8)
            try own(data.appending(path: "postgresql.auto.conf"), permissions: 0o600)
        } catch let error as EmbeddedPostgresError {
            throw error
        } catch {
            throw .cannotWrite(data.path, "\(error.localizedDescription)")
        }
    }

    /// The process to supervise; `nil` if a server of an earlier run is still alive and is adopted.
    func start() throws(EmbeddedPostgresError) -> Process? {
        if isAlive { return nil }
        do {
            try makeDirectory(socketDirectory, permissions: 0o700)
            let process = process("postgres", "-D", data.path, "-k", socketDirectory.path)
            let log = data.deletingLastPathComponent().appending(path: "postgres.log")
            if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
            let handle = try FileHandle(forWritingTo: log)
            try handle.seekToEnd()
            process.standardOutput = handle
            process.standardError = handle
            process.standardInput = FileHandle.nullDevice
            try process.run()
            return process
        } catch {
            throw .cannotStart(error.localizedDescription)
        }
    }

    /// Waits until the server answers.
    ///
    /// - Parameters:
    ///   - process: The server; one that ends meanwhile, such as by a kill during its recovery, is not waited for.
    ///   - seconds: For how long at most.
    /// - Throws: `.cannotStart`.
    func waitUntilReady(_ process: Process?, seconds: Int) throws(EmbeddedPostgresError) {
        let log = "see \(data.deletingLastPathComponent().path)/postgres.log"
        for _ in 0..<(seconds * 10) {
            if isAlive { return }
            if let process, !process.isRunning { throw .cannotStart("it ended while it was starting; \(log)") }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw .cannotStart("no answer within \(seconds) s; \(log)")
    }

    /// Stops the server: open transactions are rolled back, data is flushed.
    func stop() {
        // It may have stopped by itself.
        _ = try? run("pg_ctl", "stop", "-D", data.path, "-m", "fast", "-w", "-t", "30")
    }

    private var isAlive: Bool {
        let probe = process("pg_isready", "-q", "-h", socketDirectory.path, "-U", "postgres")
        probe.standardOutput = FileHandle.nullDevice
        probe.standardError = FileHandle.nullDevice
        // Not installed means not alive; findBinaries reports it.
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }

    private var settings: String {
        """
        listen_addresses = ''
        max_connections = 200
        max_locks_per_transaction = 512
        shared_buffers = 256MB
        password_encryption = 'scram-sha-256'
        jit = off
        """
    }

    private func checkVersion() throws(EmbeddedPostgresError) {
        let stored = (try? String(contentsOf: data.appending(path: "PG_VERSION"), encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)  // an unreadable file is reported as an unknown version
        let installed = binaries.deletingLastPathComponent().lastPathComponent
        guard stored == installed else {
            throw .otherVersion(data: data.path, stored: stored ?? "unknown", installed: installed)
        }
    }
}

/// Why there is no embedded PostgreSQL.
enum EmbeddedPostgresError: Error, CustomStringConvertible {
    case notInstalled
    case otherVersion(data: String, stored: String, installed: String)
    case cannotWrite(String, String)
    case cannotStart(String)
    case failed(program: String, output: String)

    var description: String {
        switch self {
        case .notInstalled:
            "PostgreSQL is not installed. Install it with `apt-get install postgresql`, or set DATABASE_URL."
        case .otherVersion(let data, let stored, let installed):
            """
            The data in \(data) is of PostgreSQL \(stored), but version \(installed) is installed. \
            Upgrade it with pg_upgrade, or start afresh by removing that directory.
            """
        case .cannotWrite(let path, let reason): "Cannot write \(path): \(reason)"
        case .cannotStart(let reason): "PostgreSQL did not start: \(reason)"
        case .failed(let program, let output): "\(program) failed: \(output)"
        }
    }
}
