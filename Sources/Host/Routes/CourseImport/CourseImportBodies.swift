// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An import with its report.
struct CourseImportBody: ResponseBody {
    let id: CourseImport.ID
    let courseId: Course.ID
    let createdAt: Date
    let report: JSONText

    init(_ made: CourseImport) {
        self.init(id: made.id, courseId: made.course, createdAt: made.createdAt, report: made.report)
    }

    private init(id: CourseImport.ID, courseId: Course.ID, createdAt: Date, report: JSONText) {
        self.id = id
        self.courseId = courseId
        self.createdAt = createdAt
        self.report = report
    }

    static var example: CourseImportBody {
        let report = """
            {"modules":2,"lessons":6,"blocks":{"html":8,"problem":3,"video":1},"quizzes":1,"questions":3,"findingCount":1,
             "findings":[{"kind":"missing_asset","path":"html/a.html","detail":"static/map.png"}]}
            """
        return CourseImportBody(
            id: .example,
            courseId: .example,
            createdAt: Date(timeIntervalSince1970: 1_767_225_600),
            report: JSONText(Array(report.utf8))
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("courseId", courseId)
            json.field("createdAt", createdAt)
            json.field("report", report)
        }
    }
}
