// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSTenancy

struct HardenArguments: CommandArguments {
    let creates: Bool
    let shards: Int

    init(arguments: inout ArgumentReader) {
        creates = arguments.flag("create", "Make the database first if there is none")
        shards =
            arguments.optional("shards", "NUMBER", "Membership shards of 500 tenants each; 8 unless said") {
                Int($0).flatMap { (1...100).contains($0) ? $0 : nil }
            } ?? SparePool.defaultShards
    }
}

struct MigrateArguments: CommandArguments {
    let showsStatus: Bool
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        showsStatus = arguments.flag("status", "Show which tenants are behind and change nothing")
        isJSON = arguments.flag("json", "Print JSON")
    }
}

struct ProvisionArguments: CommandArguments {
    let watches: Bool

    init(arguments: inout ArgumentReader) {
        watches = arguments.flag("watch", "Keep the pool filled until SIGTERM")
    }
}

extension SparePool {
    /// As many membership shards as `lms database harden` makes unless told otherwise.
    static let defaultShards = 8
}

extension Command {
    /// `lms database harden`.
    static let databaseHarden = Command(
        "database harden",
        "Make the logins and take away what lets a statement leave its tenant",
        HardenArguments.self
    ) { arguments, console in
        let database = try Configuration.reading(console).database
        guard let superuser = database.administration, let serving = database.serving,
            let provisioner = database.provisioner
        else {
            throw CommandFailure(
                "LMS_DATABASE_ADMIN_URL, DATABASE_URL and LMS_PROVISIONER_URL must be set: a superuser, and the two logins whose passwords it sets",
                code: .configuration
            )
        }
        let operation = HardenOperation(
            superuser: superuser,
            directory: serving,
            provisioner: provisioner,
            prefix: database.installation,
            shards: arguments.shards,
            sidePool: try SidePool(threads: 1, queueLimit: 8)
        )
        if arguments.creates { try await operation.createDatabase() }
        try await operation.run()
        console.progress("The database is hardened.")
        return .success
    }

    /// `lms migrate`.
    static let migrate = Command(
        "migrate",
        "Bring the directory and all tenants up to date",
        MigrateArguments.self
    ) { arguments, console in
        let operation = MigrateOperation(installation: try await .connecting(console), workers: 2)
        if arguments.showsStatus {
            show(try await operation.status(), arguments, console)
            return .success
        }
        let summary = try await operation.run()
        if summary.busy > 0 {
            console.progress("\(summary.busy) tenants were busy; run `lms migrate` again for them")
        }
        console.progress("Migrated \(summary.migrated) tenants, \(summary.failed) failed.")
        return summary.failed == 0 ? .success : .failure
    }

    /// `lms provision`.
    static let provision = Command(
        "provision",
        "Keep spare tenants ready and purge deleted ones",
        ProvisionArguments.self
    ) { arguments, console in
        let configuration = try Configuration.reading(console)
        let spares = configuration.database.spareTenants
        let pool = SparePool(lowWater: max(1, spares * 3 / 4), highWater: spares, shards: SparePool.defaultShards)
        let loops = try EventLoopGroup(count: 1)
        let files = try SidePool(threads: 1, queueLimit: 16, name: "blobs")
        let operation = ProvisionOperation(
            installation: try await .connecting(console),
            pool: pool,
            graceInDays: 30,
            removing: { tenant in
                // Opened here, because spares are made also where the store cannot be reached.
                let store = try configuration.blobs.store(
                    on: loops.next(),
                    pool: files,
                    cryptography: try OpenSSLCryptography()
                )
                try await store.removeAll(of: tenant)
            }
        )
        guard arguments.watches, let loop = EventLoop.current else {
            try await operation.run { ready in console.progress("\(ready) of \(spares) spare tenants are ready") }
            return .success
        }
        let isSupervised = console.environment["LMS_SUPERVISED"] == "1"
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) {
                await operation.watch(on: loop) { console.progress("lms: \($0)") }
            }
            await Shutdown.wait(isSupervised: isSupervised)
            group.cancelAll()
        }
        return .success
    }

    private static func show(_ statuses: [MigrationStatus], _ arguments: MigrateArguments, _ console: Console) {
        guard arguments.isJSON else {
            for status in statuses {
                let note = status.isLatest ? "up to date" : "behind"
                console.print("version \(status.version): \(status.tenants) tenants \(note), \(status.failed) failed")
            }
            return
        }
        var json = JSONWriter()
        json.array { array in
            for status in statuses {
                array.object { object in
                    object.field("version", status.version)
                    object.field("tenants", status.tenants)
                    object.field("failed", status.failed)
                    object.field("isLatest", status.isLatest)
                }
            }
        }
        console.print(String(decoding: json.bytes, as: UTF8.self))
    }
}

extension ProvisionerInstallation {
    /// Connects as the provisioner that the environment names.
    static func connecting(_ console: Console) async throws -> ProvisionerInstallation {
        let configuration = try Configuration.reading(console)
        guard let provisioner = configuration.database.provisioner else {
            throw CommandFailure(
                "LMS_PROVISIONER_URL must be set: the address of the login that may change schemas",
                code: .configuration
            )
        }
        do {
            return try await ProvisionerInstallation(
                database: provisioner,
                prefix: configuration.database.installation,
                sidePool: try SidePool(threads: 4, queueLimit: 64)
            )
        } catch {
            throw CommandFailure("LMS_PROVISIONER_URL: \(error)")
        }
    }
}
