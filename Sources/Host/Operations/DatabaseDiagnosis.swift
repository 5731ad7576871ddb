// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSPostgresDriver
internal import LMSTenancy

/// What `lms doctor` finds in the databases, with the serving process's own logins.
struct DatabaseDiagnosis: Sendable {
    let installation: Installation
    let configuration: Configuration

    func run() async -> [Finding] {
        let directory = await reaching(installation.control, as: "directory")
        let cell = await reaching(installation.cell, as: "cell main")
        var findings = [directory, cell]
        guard directory.state == .good else {
            return findings + [Finding("isolation, migrations, spares", .odd, "not looked at without the directory")]
        }
        findings += await status
        if cell.state == .good {
            findings.append(await isolation)
        } else {
            findings.append(Finding("isolation", .odd, "not looked at without the cell"))
        }
        return findings
    }

    private func reaching(_ database: PostgresDatabase, as subject: String) async -> Finding {
        do {
            try await database.verify()
            return Finding(subject, .good, "the login works")
        } catch {
            // libpq's reasons have line breaks and tabs.
            let reason = "\(error)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let advice = "\(reason); start PostgreSQL, correct DATABASE_URL or run `lms database harden`"
            return Finding(subject, .bad, advice)
        }
    }

    /// Migrations, spares and connections: what the directory knows.
    private var status: [Finding] {
        get async {
            do throws(DatabaseError) {
                let rows = try await installation.control.read(
                    [.installationStatus, .countTenantsBehind(version: MigrationSet.tenant.latest)],
                    scope: .control
                )
                guard let shared = rows[0].only, let tenants = rows[1].only else { return [] }
                return [
                    migrations(control: try shared["control"], cell: try shared["cell"], behind: try tenants["behind"]),
                    spares(try tenants["spares"]),
                    connections(try shared["connections"]),
                ]
            } catch {
                return [Finding("migrations", .bad, "the directory cannot be read (\(error)); run `lms migrate`")]
            }
        }
    }

    private func migrations(control: Int, cell: Int, behind: Int) -> Finding {
        guard control >= MigrationSet.control.latest, cell >= MigrationSet.cell.latest else {
            return Finding("migrations", .bad, "the shared schemas are behind this program; run `lms migrate`")
        }
        guard behind == 0 else {
            return Finding("migrations", .odd, "\(behind) tenants are behind; run `lms migrate`")
        }
        return Finding("migrations", .good, "every tenant is at version \(MigrationSet.tenant.latest)")
    }

    private func spares(_ ready: Int) -> Finding {
        let wanted = configuration.database.spareTenants
        guard ready < max(1, wanted / 2) else { return Finding("spares", .good, "\(ready) of \(wanted) are ready") }
        let advice = "\(ready) of \(wanted) are ready; keep `lms provision --watch` running"
        return Finding("spares", .odd, advice)
    }

    private func connections(_ allowed: Int) -> Finding {
        let own = configuration.database.connections
        guard own <= allowed else {
            let advice = "a process may open \(own), the server allows \(allowed); lower LMS_DATABASE_CONNECTIONS"
            return Finding("connections", .bad, advice)
        }
        return Finding("connections", .good, "\(own) a process of \(allowed): enough for \(allowed / own) processes")
    }

    private var isolation: Finding {
        get async {
            do {
                let escapes = try await IsolationCheck(installation: installation).run()
                guard !escapes.isEmpty else { return Finding("isolation", .good, "no known escape works") }
                let names = escapes.map(\.rawValue).joined(separator: ", ")
                guard configuration.isolation == .unhardened else {
                    return Finding("isolation", .bad, "\(names) work; run `lms database harden` as a superuser")
                }
                return Finding("isolation", .odd, "\(names) work, as LMS_ISOLATION=unhardened allows")
            } catch {
                return Finding("isolation", .bad, "cannot be tried: \(error)")
            }
        }
    }
}
