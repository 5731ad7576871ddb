// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy

/// `lms doctor`: looks at everything that serving needs, and leaves nothing behind.
struct DiagnoseOperation: Sendable {
    let configuration: Configuration

    /// Looks at everything; one finding for each thing, also when an earlier one is bad.
    func run() async -> [Finding] {
        let mail = await configuration.mail.finding(in: configuration.environment)
        let files = await configuration.blobs.finding()
        let scanner = await configuration.scannerFinding()
        let local =
            [masterKey, dataDirectory] + [files, scanner].compactMap(\.self)
            + [configuration.mediaFinding()] + certificate + ports + [mail]
            + (await redis())
        guard let database = configuration.database.serving else {
            let advice = "DATABASE_URL is not set; `lms dev` starts a PostgreSQL of its own"
            return local + [Finding("directory", .bad, advice)]
        }
        do {
            let installation = try Installation(
                database: database,
                settings: configuration.database,
                loops: try EventLoopGroup(count: 1),
                sidePool: try SidePool(threads: 1, queueLimit: 16)
            )
            return local + (await DatabaseDiagnosis(installation: installation, configuration: configuration).run())
        } catch {
            return local + [Finding("directory", .bad, "no connection can be made: \(error)")]
        }
    }

    /// Connects to the Redis, signs in and asks whether it answers; one that cannot be had is odd, because hosts serve without it.
    private func redis() async -> [Finding] {
        guard let settings = configuration.redis else { return [] }
        do {
            let loops = try EventLoopGroup(count: 1)
            defer { loops.stop() }
            let shared = try SharedState(settings, loops: loops, sidePool: try SidePool(threads: 1, queueLimit: 4))
            switch await shared.check() {
            case nil, .answers: return [Finding("redis", .good, "\(settings.place) answers")]
            case .fails(let reason):
                return [
                    Finding("redis", .odd, "\(settings.place) \(reason); look at REDIS_URL. Hosts serve without it")
                ]
            }
        } catch {
            return [Finding("redis", .bad, "\(error)")]
        }
    }

    private var masterKey: Finding {
        let keys = configuration.secrets.masterKeys
        guard let current = keys.first else {
            let advice = "LMS_MASTER_KEY is not set; make one with `lms doctor --new-key` and keep it"
            return Finding("master key", .bad, advice)
        }
        guard keys.count > 1 else { return Finding("master key", .good, "\(current.bytes.reveal().count) bytes") }
        return Finding("master key", .good, "\(current.name) seals, \(keys.count - 1) earlier can open")
    }

    private var dataDirectory: Finding {
        let path = configuration.dataDirectory
        let manager = FileManager.default
        var folder = URL(filePath: path).standardizedFileURL
        let exists = manager.fileExists(atPath: folder.path)
        // The server makes it: then the nearest folder above has to let it.
        while !manager.fileExists(atPath: folder.path), folder.pathComponents.count > 1 {
            folder.deleteLastPathComponent()
        }
        // Permissions do not tell of a read-only or special file system; writing does.
        let probe = folder.appending(path: ".lms-doctor-\(UUID().uuidString)").path
        guard manager.createFile(atPath: probe, contents: nil) else {
            let advice = "\(folder.path) cannot be written by this account; change its owner or LMS_DATA_DIR"
            return Finding("data directory", .bad, advice)
        }
        try? manager.removeItem(atPath: probe)  // it was made above
        return Finding("data directory", .good, exists ? "\(path) can be written" : "\(path) will be made")
    }

    private var certificate: [Finding] {
        guard configuration.http.certificateFile != nil else { return [] }
        do {
            _ = try configuration.tls()
            return [Finding("certificate", .good, "certificate and key fit each other")]
        } catch {
            return [Finding("certificate", .bad, "\(error)")]
        }
    }

    private var ports: [Finding] {
        let http = configuration.http
        var findings = [listening(on: http.host, http.port, "LMS_HTTP_PORT")]
        if http.metricsPort != 0 { findings.append(listening(on: "127.0.0.1", http.metricsPort, "LMS_METRICS_PORT")) }
        return findings
    }

    private func listening(on host: String, _ port: UInt16, _ setting: String) -> Finding {
        do throws(SystemError) {
            var listener = try Listener(host: host, port: port, sharing: .exclusive)
            listener.close()
            return Finding("port \(port)", .good, "free")
        } catch {
            guard error.isAddressInUse else {
                return Finding("port \(port)", .bad, "cannot listen on \(host): \(error); change \(setting)")
            }
            let advice = "somebody listens there; fine if it is this server, else end that or change \(setting)"
            return Finding("port \(port)", .odd, advice)
        }
    }
}
