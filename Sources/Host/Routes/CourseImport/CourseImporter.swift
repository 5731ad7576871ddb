// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSArchiveDriver
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

/// Imports courses for the routes and the command line: reads on the side pool, and writes files before the rows that name them.
struct CourseImporter: Sendable {
    let imports: CourseImports
    /// Gives out the files of imported courses.
    let files: Files
    /// Keeps them.
    let store: any BlobStore
    let tenants: Tenants
    let cryptography: any Cryptography
    /// The threads that read archives and documents.
    let pool: SidePool
    /// Where archives are spooled; needs room for the largest course.
    let spool: String

    /// Where a course comes from.
    enum Source: Sendable {
        /// A directory or an archive on this machine.
        case path(String)
        /// An archive that was received.
        case upload(Upload)
    }

    /// Imports a course into a tenant.
    ///
    /// - Parameters:
    ///   - source: Where it comes from.
    ///   - key: What tells it from other imports; by its content unless said.
    ///   - status: The status that the course gets.
    ///   - instructors: Who teaches it; the principal unless somebody is named.
    ///   - tenant: The tenant.
    ///   - principal: Who imports.
    /// - Returns: The import; an earlier one if the key was used before.
    /// - Throws: `CourseImportError`; nothing was stored then.
    func run(
        _ source: Source,
        key: CourseImportKey? = nil,
        status: Course.Status = .draft,
        taughtBy instructors: [Principal.ID] = [],
        into tenant: TenantID,
        as principal: Principal
    ) async throws -> CourseImport {
        let (spool, cryptography) = (spool, cryptography)
        let read: (course: ImportedCourse, source: Spool, key: CourseImportKey)
        do {
            read = try await pool.run {
                let files =
                    switch source {
                    case .path(let path): try CourseArchive.open(path, spool: spool)
                    case .upload(let upload): try CourseArchive.open(upload, spool: spool)
                    }
                let course = try OLX.read(files)
                return (course, files, try key ?? CourseImportKey(of: files, cryptography: cryptography))
            }
        } catch let error as CourseArchiveError {
            throw CourseImportError.archive(error)
        }
        return try await imports.store(
            read.course,
            files: read.source,
            key: read.key,
            status: status,
            taughtBy: instructors,
            into: tenant,
            as: principal,
            tenants: tenants
        )
    }
}
