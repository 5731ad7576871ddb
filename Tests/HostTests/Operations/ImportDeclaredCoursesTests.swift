// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ImportDeclaredCoursesTests {
    private static var tenants: String {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "tenants").path
    }

    private func operation(_ tenant: TestTenant) throws -> ImportDeclaredCoursesOperation {
        let directory = FileManager.default.temporaryDirectory.appending(path: "declared-\(UUID().uuidString)")
        return ImportDeclaredCoursesOperation(
            importer: try CourseImporter(
                lms: TestPlatform().lms,
                tenants: tenant.tenants,
                cryptography: OpenSSLCryptography(),
                dataDirectory: directory.path
            )
        )
    }

    @Test func `the declared tenants name their courses`() throws {
        let declared = try ManifestFolder(path: Self.tenants).read()
        #expect(declared.map(\.manifest.slug.description) == ["acme", "globex"])
        #expect(declared.map { $0.courses.map(\.lastPathComponent) } == [["first-steps"], []])
    }

    @Test func `a declared course is imported once, published and taught by the declared instructor`() async throws {
        try await withTenant { tenant in
            let courses = try #require(try ManifestFolder(path: Self.tenants).read().first).courses
            let teacher = try await TestPlatform().member("theo", .instructor, of: tenant)
            let teacherID = try #require(teacher.user)
            var reports: [String] = []
            for _ in 1...2 {
                try await operation(tenant).run(courses, into: tenant.tenant.id, taughtBy: [teacherID]) {
                    reports.append($0)
                }
            }
            #expect(reports == ["first-steps"])
            let catalog = try await Courses().list(CourseQuery(), reader: tenant.reader(as: .anonymous)).page.items
            #expect(catalog.map(\.title) == ["First Steps"])
            #expect(catalog.map(\.instructors) == [[teacherID]])
        }
    }

    @Test func `a folder without a course is named`() async throws {
        try await withTenant { tenant in
            let nothing = FileManager.default.temporaryDirectory.appending(path: "no-course-\(UUID().uuidString)")
            let failure = await #expect(throws: CommandFailure.self) {
                try await operation(tenant).run([nothing], into: tenant.tenant.id, taughtBy: []) { _ in }
            }
            #expect(failure?.code == .configuration)
            let message = "\(try #require(failure))"
            #expect(message.contains(nothing.lastPathComponent))
        }
    }
}
