// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSArchiveDriver
import LMSKit
import Testing

/// The course that comes with the repository and is imported by `make run`.
@Suite struct ShippedCourseTests {
    @Test func `the shipped course is read without a finding`() throws {
        let package = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let course = try OLX.read(CourseArchive.open(package.appending(path: "tenants/acme/courses/first-steps").path))
        #expect(course.modules.count == 2)
        #expect(course.lessonCount >= 6)
        #expect(Set(course.report.blocks.keys).isSuperset(of: ["html", "video", "problem"]))
        #expect(course.report.findings.isEmpty, "\(course.report.findings)")
        #expect(course.modules.flatMap(\.lessons).map(\.title).contains("خطوة بخطوة"))
    }
}
