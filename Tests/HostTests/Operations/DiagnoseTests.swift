// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite struct DiagnoseTests {
    private static let key = Base64URL.encode(Array(0..<32))

    private func environment(_ changes: [String: String] = [:]) async throws -> [String: String] {
        let installation = try await TestInstallation.shared
        return [
            "DATABASE_URL": try installation.servingURL(),
            "LMS_INSTALLATION": installation.prefix.description,
            "LMS_MASTER_KEY": Self.key,
            "LMS_DATA_DIR": FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)").path,
            "LMS_HTTP_PORT": "0",
            "LMS_METRICS_PORT": "0",
        ].merging(changes) { $1 }
    }

    private func findings(_ changes: [String: String] = [:]) async throws -> [String: Finding] {
        let findings = await DiagnoseOperation(configuration: try Configuration(try await environment(changes))).run()
        return Dictionary(findings.map { ($0.subject, $0) }) { $1 }
    }

    private func run(_ words: [String], _ environment: [String: String]) async -> (code: ExitCode, output: String) {
        let output = Collected()
        let console = Console(
            output: { text in output.text.withLock { $0 += text } },
            diagnostics: { _ in },
            environment: environment
        )
        let code = await CommandTree.all.run(words, console: console)
        return (code, output.text.withLock { $0 })
    }

    private final class Collected: Sendable {
        let text = Mutex("")
    }

    @Test func `a sound installation has a good line for each thing that serving needs`() async throws {
        try await withTenant { _ in
            let findings = try await findings(["LMS_SPARE_TENANTS": "0"])
            let needed = ["master key", "data directory", "directory", "cell main"]
            for subject in needed + ["migrations", "connections", "isolation"] {
                #expect(findings[subject]?.state == .good, "\(subject): \(findings[subject]?.detail ?? "missing")")
            }
            #expect(findings["spares"] != nil)
        }
    }

    @Test func `a Redis that answers is good, and one that does not is odd, with the reason and without its password`()
        async throws
    {
        let server = try RedisServer(["--requirepass", "right-password"])
        func finding(_ url: String) async throws -> Finding? { try await findings(["REDIS_URL": url])["redis"] }
        let good = try await finding("redis://:right-password@127.0.0.1:\(server.port)")
        #expect(good?.state == .good, "\(good?.detail ?? "missing")")
        let wrong = try await finding("redis://:wrong-password@127.0.0.1:\(server.port)")
        #expect(wrong?.state == .odd && wrong?.detail.contains("WRONGPASS") == true)
        #expect(wrong?.detail.contains("wrong-password") == false)
        let absent = try await finding("redis://127.0.0.1:1")
        #expect(absent?.state == .odd && absent?.detail.contains("cannot be reached") == true)
        #expect(try await findings()["redis"] == nil)
    }

    @Test func `a malware scanner that answers is good, and one that does not is bad`() async throws {
        let server = try ClamdServer()
        defer { server.stop() }
        func finding(_ url: String) async throws -> Finding? {
            try await findings(["LMS_CLAMD_URL": url])["malware scanner"]
        }
        for url in ["unix://\(server.path)", "tcp://localhost:\(server.port)"] {
            let good = try await finding(url)
            #expect(good?.state == .good, "\(good?.detail ?? "missing")")
        }
        let absent = try await finding("unix:///tmp/lms-no-clamd.sock")
        #expect(absent?.state == .bad && absent?.detail.contains("LMS_CLAMD_URL") == true)
        #expect(try await findings()["malware scanner"] == nil)
    }

    @Test func `the program that reads pictures is looked for`() async throws {
        let media = try await findings()["media"]
        #expect(media?.state == .good && media?.detail.contains("ffmpeg") == true)
    }

    @Test func `a database that does not answer is bad and what hangs on it is not guessed`() async throws {
        let findings = try await findings(["DATABASE_URL": "postgres://lms:secret@127.0.0.1:1/lms"])
        #expect(findings["directory"]?.state == .bad)
        #expect(findings["cell main"]?.state == .bad)
        #expect(findings["isolation, migrations, spares"]?.state == .odd)
        #expect(findings.values.allSatisfy { !$0.detail.contains("secret") })
    }

    @Test func `logins that were never made are bad`() async throws {
        let findings = try await findings(["LMS_INSTALLATION": "neverhardened"])
        #expect(findings["cell main"]?.state == .bad)
        #expect(findings["cell main"]?.detail.contains("lms database harden") == true)
    }

    @Test func `a data directory that cannot be made is bad`() async throws {
        #expect(try await findings(["LMS_DATA_DIR": "/proc/lms/data"])["data directory"]?.state == .bad)
    }

    @Test func `a port that somebody listens on is told`() async throws {
        var listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        let port = listener.port
        let findings = try await findings(["LMS_HTTP_PORT": "\(port)"])
        listener.close()
        #expect(findings["port \(port)"]?.state == .odd)
    }

    @Test func `more connections than the server allows are bad`() async throws {
        #expect(try await findings(["LMS_DATABASE_CONNECTIONS": "1000"])["connections"]?.state == .bad)
    }

    @Test func `the command fails if anything is bad, and says the same as JSON`() async throws {
        let sound = await run(["doctor"], try await environment())
        #expect(sound.code == .success)
        #expect(sound.output.contains("good\tdirectory: the login works\n"))
        let unsound = try await environment(["LMS_DATA_DIR": "/proc/lms/data"])
        let failed = await run(["doctor", "--json"], unsound)
        #expect(failed.code == .failure)
        guard case .array(let findings) = try JSONValue.parse(Array(failed.output.utf8)) else {
            Issue.record("no array")
            return
        }
        #expect(findings.contains { $0["subject"]?.text == "data directory" && $0["state"]?.text == "bad" })
    }

    @Test func `what is wrong with the settings is told before anything is looked at`() async throws {
        let failed = await run(["doctor"], ["LMS_HTTP_PORT": "many", "DATABASE_URL": "x"])
        #expect(failed.code == .failure)
        #expect(failed.output.contains("bad\tconfiguration: LMS_HTTP_PORT"))
    }
}
