// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct ImportArguments: CommandArguments {
    let tenant: String
    let path: String
    let isPublished: Bool

    init(arguments: inout ArgumentReader) {
        tenant = arguments.required("tenant", "SLUG", "The tenant that gets the course")
        path = arguments.positional("PATH", "A folder, .zip or .tar.gz with an Open edX course")
        isPublished = arguments.flag("publish", "Publish the course at once")
    }
}

extension Command {
    /// `lms courses import`.
    static let coursesImport = Command(
        "courses import",
        "Import an Open edX course",
        ImportArguments.self
    ) { arguments, console in
        let platform = try Platform.connecting(console)
        let tenant = try await TenantOperations(installation: platform.installation, lms: platform.lms)
            .find(arguments.tenant)
        console.progress("Reading \(arguments.path)")
        let imported = try await platform.importer.run(
            .path(arguments.path),
            status: arguments.isPublished ? .published : .draft,
            into: tenant.id,
            as: Principal(.system("lms"), grants: Grants())
        )
        console.print(String(decoding: imported.report.bytes, as: UTF8.self))
        console.progress("Imported as course \(imported.course), \(arguments.isPublished ? "published" : "a draft").")
        return .success
    }
}
