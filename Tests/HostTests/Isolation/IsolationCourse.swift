// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension PlatformHost {
    /// Imports a course of one module, one lesson and one picture, as an instructor would.
    func importCourse(
        _ title: String,
        as status: Course.Status,
        by user: String,
        at tenant: TestTenant
    ) async throws -> CourseImport {
        let id = try #require(User.ID(user))
        let directory = FileManager.default.temporaryDirectory.appending(path: "isolation-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in IsolationCourse.files(title: title) {
            let path = "\(directory)/\(name)"
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        return try await importer.run(
            .path(directory),
            status: status,
            into: tenant.id,
            as: Principal(.user(id), grants: BuiltInRole.instructor.grants)
        )
    }
}

/// The course that every course of the suite is.
enum IsolationCourse {
    static func files(title: String) -> [String: String] {
        [
            "course.xml":
                #"<course url_name="r" display_name="\#(title)"><chapter display_name="\#(title)"><vertical display_name="\#(title)"><html>\#(title) <img src="/static/a.png"/></html></vertical></chapter></course>"#,
            "static/a.png": title,
        ]
    }
}
