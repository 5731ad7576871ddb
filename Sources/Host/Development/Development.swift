// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSHTTP

/// `lms dev`: a whole installation on one machine, from nothing, with one command.
///
/// It supervises this same program's other commands, each with no more credentials than it needs: a private PostgreSQL unless
/// `DATABASE_URL` names one, the provisioner, and the server. What it prepares first is what an operator would do by hand.
struct Development {
    let dataDirectory: URL
    let tenantsDirectory: URL
    let port: Int
    /// A superuser's URL of a server that is there already.
    let externalDatabase: String?
    let program: URL
    let environment: [String: String]

    func run() throws {
        try requireFreePorts()
        let secrets = try DevelopmentSecrets(directory: dataDirectory)
        let server = externalDatabase == nil ? try EmbeddedPostgres(dataDirectory: dataDirectory) : nil
        let isFirstRun = server.map { !$0.isInitialized } ?? false
        if let server {
            Messages.say(isFirstRun ? "Making a PostgreSQL server in \(server.data.path)" : "Starting PostgreSQL")
            try server.initialize(superuserPassword: secrets.superuserPassword)
        }
        let databases = try DevelopmentDatabases(server: server, external: externalDatabase, secrets: secrets)
        var children: [Supervisor.Child] = []
        if let server {
            children.append(
                Supervisor.Child(name: "PostgreSQL") {
                    let process = try server.start()
                    try server.waitUntilReady(process, seconds: 60)
                    return process
                } stop: { _ in
                    server.stop()
                }
            )
        }
        children.append(
            Supervisor.Child(name: "preparation") {
                try prepare(databases, secrets)
                return nil
            } stop: { _ in
            }
        )
        try DevelopmentEnvironment(directory: dataDirectory).write(serving(databases, secrets))
        children.append(child("provisioner", ["provision", "--watch"], databases.provisioning))
        children.append(child("server", ["serve"], serving(databases, secrets)))
        try Supervisor(children).run { announce() }
    }

    /// Says so at once, before anything is started that would find out later and again and again.
    private func requireFreePorts() throws {
        try requireFree(UInt16(port), on: "0.0.0.0", setting: "LMS_HTTP_PORT")
        let metrics = environment["LMS_METRICS_PORT"].flatMap { UInt16($0) } ?? Configuration.HTTP.defaultMetricsPort
        if metrics != 0 { try requireFree(metrics, on: "127.0.0.1", setting: "LMS_METRICS_PORT") }
    }

    private func requireFree(_ port: UInt16, on host: String, setting: String) throws {
        do throws(SystemError) {
            var listener = try Listener(host: host, port: port, sharing: .exclusive)
            listener.close()
        } catch {
            guard error.isAddressInUse else { throw HTTPServerError.cannotListen(host: host, port: port, error) }
            throw CommandFailure(
                "Port \(port) is in use: end what listens there, or choose another one with \(setting)."
            )
        }
    }

    /// Hardens, migrates, builds the first spares and applies the declared tenants; running it again changes nothing.
    private func prepare(_ databases: DevelopmentDatabases, _ secrets: DevelopmentSecrets) throws {
        try step(["database", "harden", "--create"], databases.hardening)
        try step(["migrate"], databases.provisioning)
        try step(["provision"], databases.provisioning)
        guard FileManager.default.fileExists(atPath: tenantsDirectory.path) else { return }
        try step(
            ["tenants", "apply", tenantsDirectory.path, "--logins", loginsFile.path],
            serving(databases, secrets)
        )
    }

    private var loginsFile: URL { dataDirectory.appending(path: "demo-logins.txt") }

    private func serving(_ databases: DevelopmentDatabases, _ secrets: DevelopmentSecrets) -> [String: String] {
        databases.serving.merging([
            "LMS_HTTP_PORT": String(port),
            "LMS_DATA_DIR": dataDirectory.path,
            "LMS_MASTER_KEY": secrets.masterKey,
        ]) { $1 }
    }

    private func step(_ arguments: [String], _ extra: [String: String]) throws {
        let process = process(arguments, extra)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw DevelopmentError(command: arguments.joined(separator: " "), status: process.terminationStatus)
        }
    }

    private func child(_ name: String, _ arguments: [String], _ extra: [String: String]) -> Supervisor.Child {
        Supervisor.Child(name: name) {
            let process = process(arguments, extra.merging(["LMS_SUPERVISED": "1"]) { $1 })
            // A supervised process ends when this pipe closes, so that none outlives a killed supervisor.
            process.standardInput = Pipe()
            try process.run()
            return process
        } stop: { process in
            process?.terminate()
            process?.waitUntilExit()
        }
    }

    private func process(_ arguments: [String], _ extra: [String: String]) -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment.merging(extra) { $1 }
        return process
    }

    private func announce() {
        let logins = (try? String(contentsOf: loginsFile, encoding: .utf8)) ?? ""  // no declared tenants, no logins
        Messages.say(
            """

            Serving. Each tenant has its own address:
            \(DeclaredTenants.addresses(in: tenantsDirectory, port: port))
            \(logins.isEmpty ? "" : "\nDemo logins (also in \(loginsFile.path)):\n" + logins)
            Reference: http://localhost:\(port)/docs
            Stop with Ctrl-C or `make stop`. Start afresh with `make reset`, which deletes \(dataDirectory.path).
            """
        )
    }
}

/// A step of the preparation failed; it has said why itself.
struct DevelopmentError: Error, CustomStringConvertible {
    let command: String
    let status: Int32

    var description: String { "`lms \(command)` ended with status \(status)." }
}

/// The addresses to tell a person, from the folders under `tenants/`.
enum DeclaredTenants {
    static func addresses(in directory: URL, port: Int) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []  // none declared
        return names.sorted()
            .filter { FileManager.default.fileExists(atPath: directory.appending(path: "\($0)/tenant.json").path) }
            .map { "  http://\($0).localhost:\(port)" }
            .joined(separator: "\n")
    }
}
