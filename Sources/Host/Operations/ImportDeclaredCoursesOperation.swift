// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy

/// Gives a declared tenant the courses of its folder, published.
///
/// The name of a course's folder is its import key: applying the tenant again leaves the course as people have made it
/// meanwhile, also when the folder was changed. Whoever deletes the course gets it back the next time.
struct ImportDeclaredCoursesOperation: Sendable {
    let importer: CourseImporter

    /// Imports what was not imported before.
    ///
    /// - Parameters:
    ///   - courses: Folders and archives with Open edX courses.
    ///   - tenant: The tenant.
    ///   - instructors: Who teaches them.
    ///   - report: Told the name of each that is new.
    /// - Throws: `CommandFailure` for the first that cannot be imported.
    func run(
        _ courses: [URL],
        into tenant: TenantID,
        taughtBy instructors: [Principal.ID],
        report: (String) -> Void
    ) async throws {
        for course in courses {
            let name = course.lastPathComponent
            do {
                let made = try await importer.run(
                    .path(course.path),
                    key: CourseImportKey("declared:\(name)"),
                    status: .published,
                    taughtBy: instructors,
                    into: tenant,
                    as: Principal(.system("operator"), grants: Grants())
                )
                if !made.isRepeated { report(name) }
            } catch let error as CourseImportError {
                throw CommandFailure("\(course.relativePath): \(error)", code: .configuration)
            }
        }
    }
}
