// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSArchiveDriver
import LMSKit
import LMSTestSupport
import Testing

/// Reads the course that Open edX publishes, where it is at hand: at `LMS_OLX_PATH`, or beside the package.
@Suite(.enabled(if: DemoCourse.path != nil)) struct DemoCourseTests {
    @Test func `every chapter, vertical and block of the demo course is read`() throws {
        let path = try #require(DemoCourse.path)
        let course = try OLX.read(CourseArchive.open(path))
        #expect(course.title == "Open edX Demo Course")
        #expect(course.language == "en")
        #expect(course.modules.count == 6)
        #expect(course.lessonCount == 58)
        #expect(course.modules.allSatisfy { !$0.lessons.isEmpty })
        #expect(course.modules.flatMap(\.lessons).allSatisfy { $0.section != nil && !$0.blocks.isEmpty })
        #expect(course.report.blocks == ["html": 266, "video": 11, "problem": 29, "opaque": 13])
        #expect(course.report.findings(.missingFile).isEmpty)
        #expect(course.report.findings(.brokenFile).isEmpty)
        #expect(course.report.findings(.opaqueBlock).count == 13)
        #expect(course.report.findings(.missingAsset).count > 30)
    }

    @Test func `as many blocks come out as the verticals and the library hold`() throws {
        let path = try #require(DemoCourse.path)
        let files = try CourseArchive.open(path)
        var expected: [String] = []
        for file in files.sizes.keys where file.hasPrefix("vertical/") || file.hasPrefix("library_content/") {
            let text = String(decoding: try files.read(file), as: UTF8.self)
            expected += text.matches(of: /(?m)^  <[a-z][^>]*url_name="([^"]+)"/).map { String($0.1) }
        }
        let names = try OLX.read(files).blocks.compactMap(\.name)
        #expect(names.sorted() == expected.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test func `problems and foreign blocks keep their source and every file is accounted for`() throws {
        let path = try #require(DemoCourse.path)
        let files = try CourseArchive.open(path)
        let course = try OLX.read(files)
        for block in course.blocks {
            switch block.content {
            case .problem(_, let source):
                let text = String(decoding: try files.read(block.path), as: UTF8.self)
                #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == source)
            case .opaque(let kind, let source): #expect(source.hasPrefix("<\(kind)"))
            case .html(let text): #expect(HTMLSanitizer().sanitize(text) == text)
            default: break
            }
        }
        let left = course.report.findings(.notImported).map(\.path)
        #expect(
            !left.contains { $0.hasPrefix("html/") || $0.hasPrefix("problem/") || $0.hasPrefix("video/") },
            "\(left)"
        )
    }
}
