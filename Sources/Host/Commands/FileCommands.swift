// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct FileCheckArguments: CommandArguments {
    let tenant: String?

    init(arguments: inout ArgumentReader) {
        tenant = arguments.optional("tenant", "SLUG", "Only this tenant; all unless said")
    }
}

struct FileLimitArguments: CommandArguments {
    let tenant: String
    let byteLimit: Int?
    let use: String?
    let useLimit: Int?

    init(arguments: inout ArgumentReader) {
        tenant = arguments.positional("SLUG", "The tenant")
        byteLimit = arguments.optional("bytes", "NUMBER", "How many bytes its files may have together") { Int($0) }
        use = arguments.optional("use", "USE", "What files are uploaded for: course_asset, caption or submission")
        useLimit = arguments.optional("use-bytes", "NUMBER", "How many bytes one such file may have") { Int($0) }
    }
}

extension Command {
    /// `lms files limit`.
    static let filesLimit = Command(
        "files limit",
        "Show how much a tenant may store and does, after changing it if a limit is given",
        FileLimitArguments.self
    ) { arguments, console in
        let platform = try Platform.connecting(console)
        let operations = TenantOperations(installation: platform.installation, lms: platform.lms)
        let tenant = try await operations.find(arguments.tenant)
        var changes = FileStorage.Changes(byteLimit: arguments.byteLimit)
        if let name = arguments.use {
            guard let use = FileUpload.Use(rawValue: name), let limit = arguments.useLimit else {
                throw CommandFailure(
                    "--use is course_asset, caption or submission, and needs --use-bytes with a number",
                    code: .usage
                )
            }
            changes.useLimits[use] = limit
        }
        let (uploads, tenants) = (platform.uploads, platform.installation.tenants)
        do {
            try await tenants.transaction(for: tenant.id, as: StorageRoutes.principal) { [changes] session in
                try await uploads.change(changes, session: session)
            }
        } catch UploadError.invalid {
            throw CommandFailure("No store has such a limit: files have 1 to \(Uploads.fileLimit) bytes.", code: .usage)
        }
        let storage = try await uploads.storage(reader: tenants.reader(for: tenant.id, as: StorageRoutes.principal))
        console.print(
            "\(tenant.slug): \(storage.usedBytes) of \(storage.byteLimit) bytes, and \(storage.reservedBytes) for uploads"
        )
        for (use, limit) in storage.useLimits.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            console.print("  \(use.rawValue): \(limit) bytes a file")
        }
        return .success
    }

    /// `lms files check`.
    static let filesCheck = Command(
        "files check",
        "Compare the files in the store with the rows that name them, and change nothing",
        FileCheckArguments.self
    ) { arguments, console in
        let platform = try Platform.connecting(console)
        let operations = KeyOperations(installation: platform.installation, lms: platform.lms)
        let check = FileCheck(store: platform.blobs)
        let isGood = try await operations.each(
            arguments.tenant,
            report: { console.print("\($0.isGood ? "" : "FAILED ")\($0.tenant.slug): \($0.text)") },
            { tenant in
                let reader = platform.installation.tenants.reader(for: tenant.id, as: KeyOperations.principal)
                let report = try await check.run(reader: reader)
                return (report.text, report.isSound)
            }
        )
        return isGood ? .success : .failure
    }
}

extension FileCheck.Report {
    fileprivate var text: String {
        let counts =
            "\(stored) files, \(orphans) that no row names, \(missing) missing, \(abandonedUploads) uploads left"
        return examples.reduce(counts) { "\($0)\n  \($1)" }
    }
}
