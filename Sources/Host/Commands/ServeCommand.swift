// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSOpenSSLDriver
internal import LMSPostgresDriver
internal import Synchronization
internal import LMSTenancy

extension Command {
    /// `lms serve`.
    static let serve = Command("serve", "Serve the API until SIGTERM") { console in
        let configuration = try Configuration.reading(console)
        let group = try EventLoopGroup(count: configuration.loopCount)
        let platform = try Platform(configuration: configuration, loops: group)
        try await verify(platform, console)
        let pipeline = try Pipeline(
            routes: platform.routes,
            services: platform.services,
            settings: configuration.pipelineSettings(countingIn: platform.rateLimits)
        )
        platform.installation.signals.onDirectoryChange { pipeline.sites.forgetAll(at: EventLoop.now) }
        let work = PlatformWork(platform, lanes: configuration.jobLanes) { console.progress("lms: \($0)") }
        let server = try APIServer(
            pipeline: pipeline,
            http: configuration.serverConfiguration(tls: try configuration.tls()),
            metricsPort: configuration.http.metricsPort == 0 ? nil : configuration.http.metricsPort,
            group: group,
            jobs: work.runner.metrics,
            events: work.eventUpkeep,
            live: platform.live,
            write: Console.writeOutput
        )
        do {
            try server.start()
        } catch {
            throw CommandFailure("\(error)")
        }
        work.start(on: group)
        console.progress("Listening on port \(server.port)")
        let audit = KeepAuditOperation(
            lms: platform.lms,
            installation: platform.installation,
            sites: pipeline.sites,
            anchorSeconds: configuration.auditAnchorSeconds,
            report: { console.progress($0) }
        )
        let loop = group.loops[0]
        loop.spawn { await audit.watch(on: loop) }
        await Shutdown.wait(isSupervised: console.environment["LMS_SUPERVISED"] == "1")
        let cut = await server.shutdown(deadline: .seconds(25))
        await work.stop()
        await audit.finish()
        if cut > 0 { console.progress("lms: \(cut) connections were cut off after 25 s") }
        return .success
    }

    /// Refuses to serve from a database that cannot be reached or does not isolate.
    private static func verify(_ platform: Platform, _ console: Console) async throws {
        do {
            try await platform.installation.control.verify()
        } catch {
            throw CommandFailure("DATABASE_URL: \(error)")
        }
        let escapes = try await IsolationCheck(installation: platform.installation).run()
        guard !escapes.isEmpty else { return }
        let names = escapes.map(\.rawValue).joined(separator: ", ")
        guard platform.configuration.isolation == .unhardened else {
            throw CommandFailure(
                """
                The database does not isolate tenants: \(names).
                Run `lms database harden` as a superuser, or set LMS_ISOLATION=unhardened to serve all the same.
                """
            )
        }
        console.progress("lms: warning: serving without isolation by the database (\(names)), as LMS_ISOLATION says")
    }
}

/// When a serving process is to end.
enum Shutdown {
    /// Returns at SIGTERM or SIGINT, or when the supervisor that holds the other end of standard input is gone.
    static func wait(isSupervised: Bool) async {
        guard let loop = EventLoop.current else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let once = Once { continuation.resume() }
            for signal in [Signal.terminate, .interrupt] {
                // Without descriptors left for signals the process still ends with its supervisor, or by SIGKILL.
                try? loop.onSignal(signal) { once.fire() }
            }
            if isSupervised { watchStandardInput { loop.execute { once.fire() } } }
        }
    }

    private static func watchStandardInput(_ ended: @escaping @Sendable () -> Void) {
        let thread = Foundation.Thread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            ended()
        }
        thread.start()
    }

    /// Does something the first time only.
    private final class Once: Sendable {
        private let body: Mutex<(@Sendable () -> Void)?>

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = Mutex(body)
        }

        func fire() {
            let body = body.withLock { body in
                defer { body = nil }
                return body
            }
            body?()
        }
    }
}

extension Configuration {
    /// Reads the environment of a command and tells what is odd.
    static func reading(_ console: Console) throws -> Configuration {
        do throws(ConfigurationError) {
            let configuration = try Configuration(DevelopmentEnvironment.completing(console.environment))
            for warning in configuration.warnings { console.progress("lms: warning: \(warning)") }
            return configuration
        } catch {
            throw CommandFailure(error.problems.joined(separator: "\n"), code: .configuration)
        }
    }

    /// How many event loops: as many as processors unless said.
    var loopCount: Int { http.loops == 0 ? ProcessInfo.processInfo.activeProcessorCount : http.loops }

    /// The certificate, if there is one.
    func tls() throws -> TLSContext? {
        guard let certificate = http.certificateFile, let key = http.keyFile else { return nil }
        do {
            return try TLSContext(
                certificatePath: certificate,
                privateKeyPath: key,
                oldestVersion: http.allowsTLS12 ? .v1_2 : .v1_3
            )
        } catch {
            throw CommandFailure("LMS_TLS_CERTIFICATE_FILE: \(error)", code: .configuration)
        }
    }
}
