// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct ImportArguments: CommandArguments {
    let tenant: String
    let path: String
    let isPublished: Bool
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        tenant = arguments.required("tenant", "SLUG", "The tenant that gets the course")
        path = arguments.positional("PATH", "A folder, .zip or .tar.gz with an Open edX course")
        isPublished = arguments.flag("publish", "Publish the course at once")
        isJSON = arguments.flag("json", "Print the whole report as JSON")
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
        if arguments.isJSON {
            console.print(String(decoding: imported.report.bytes, as: UTF8.self))
        } else {
            console.print(try CourseImportSummary(imported.report).description)
        }
        let status = arguments.isPublished ? "published" : "a draft"
        console.progress(
            imported.isRepeated
                ? "This course had been imported before as \(imported.course); nothing was changed."
                : "Imported as course \(imported.course), \(status)."
        )
        console.progress("The whole report: --json, or GET /api/v1/courses/imports/\(imported.id)")
        return .success
    }
}
