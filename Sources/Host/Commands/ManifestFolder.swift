// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy

/// The declared tenants of a folder.
struct ManifestFolder {
    let path: String

    /// A tenant as its folder declares it.
    struct DeclaredTenant: Sendable {
        let manifest: TenantManifest
        /// The courses that it starts with: folders and archives under `courses/`, by name.
        let courses: [URL]
    }

    /// Reads every `tenant.json`, all of them before anything is changed.
    func read() throws -> [DeclaredTenant] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw CommandFailure("The folder \(path) cannot be read.")
        }
        var tenants: [DeclaredTenant] = []
        for name in names.sorted() {
            let folder = URL(filePath: path).appending(path: name)
            let file = folder.appending(path: "tenant.json")
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            do throws(ManifestError) {
                guard let data = FileManager.default.contents(atPath: file.path) else {
                    throw ManifestError(file: file.relativePath, field: "", message: "cannot be read")
                }
                let manifest = try TenantManifest(Array(data), file: file.relativePath)
                tenants.append(DeclaredTenant(manifest: manifest, courses: courses(in: folder)))
            } catch {
                throw CommandFailure(error.description, code: .configuration)
            }
        }
        return tenants
    }

    private func courses(in folder: URL) -> [URL] {
        let courses = folder.appending(path: "courses")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: courses.path)) ?? []  // it may have none
        return names.sorted().filter { !$0.hasPrefix(".") }.map { courses.appending(path: $0) }
    }
}
