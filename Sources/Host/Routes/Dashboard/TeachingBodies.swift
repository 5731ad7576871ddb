// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// How the courses go that somebody teaches.
struct TeachingBody: ResponseBody {
    let report: TeachingReport

    static var example: TeachingBody { TeachingBody(report: .example(isFull: true)) }
    static var variations: [TeachingBody] { [TeachingBody(report: .example(isFull: false))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field(
                "toGrade",
                object: { $0.writeQueues(report.quizAttempts, report.submissions) }
            )
            object.field("courses", report.courses.map(OverviewFields.init))
            object.writeRisks(of: report)
        }
    }
}

/// How one course goes.
struct CourseOverviewBody: ResponseBody {
    private let course: CourseOverview
    private let report: TeachingReport

    /// Takes the course of a report; `nil` if it has none.
    init?(_ report: TeachingReport) {
        guard let course = report.courses.first else { return nil }
        self.init(course, report)
    }

    private init(_ course: CourseOverview, _ report: TeachingReport) {
        self.course = course
        self.report = report
    }

    static var example: CourseOverviewBody { CourseOverviewBody(.example(isFull: true), .example(isFull: true)) }
    static var variations: [CourseOverviewBody] {
        [CourseOverviewBody(.example(isFull: false), .example(isFull: false))]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            OverviewFields(course: course).writeFields(to: &object)
            object.writeRisks(of: report)
        }
    }
}

private struct OverviewFields: JSONWritable {
    let course: CourseOverview

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    func writeFields(to object: inout JSONWriter) {
        object.field("courseId", course.course)
        object.field("title", course.title)
        object.field("status", course.status.rawValue)
        object.field("role", course.role?.rawValue)
        object.field(
            "learners",
            object: { learners in
                learners.field("active", course.active)
                learners.field("completed", course.completed)
            }
        )
        object.field(
            "averages",
            object: { averages in
                averages.field("progressPercent", Double(course.averageProgressInHundredths) / 100)
                averages.field("timeSpentSeconds", course.averageTimeSpentSeconds)
                averages.field("grade", course.averageGrade?.json)
                averages.field("rating", course.rating.averageInHundredths.map { Double($0) / 100 })
            }
        )
        object.field("reviewCount", course.rating.count)
        object.field("toGrade", object: { $0.writeQueues(course.quizAttempts, course.submissions) })
        object.field(
            "lastSevenDays",
            object: { lately in
                lately.field("enrollments", course.lately.enrollments)
                lately.field("completions", course.lately.completions)
                lately.field("quizAttempts", course.lately.quizAttempts)
                lately.field("submissions", course.lately.submissions)
            }
        )
    }
}

private struct QueueBody: JSONWritable {
    let queue: GradingQueue

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("count", queue.count)
            object.field("oldestAt", queue.oldest)
        }
    }
}

private struct RiskBody: JSONWritable {
    let risk: LearnerAtRisk

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", risk.course)
            object.field("courseTitle", risk.courseTitle)
            object.field("enrollmentId", risk.enrollment)
            object.field("userId", risk.learner)
            object.field("displayName", risk.name)
            object.field("reasons", risk.reasons.map(\.rawValue))
            object.field("inactiveDays", risk.inactiveDays)
            object.field("progressPercent", risk.progress.value)
            object.field("grade", risk.grade?.json)
            object.field("passingGrade", risk.passingGrade?.json)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func writeQueues(_ attempts: GradingQueue?, _ submissions: GradingQueue?) {
        field("quizAttempts", attempts.map(QueueBody.init))
        field("submissions", submissions.map(QueueBody.init))
    }

    fileprivate mutating func writeRisks(of report: TeachingReport) {
        field("atRisk", report.atRisk.map(RiskBody.init))
        field("atRiskCount", report.atRiskCount)
    }
}

extension TeachingReport {
    fileprivate static func example(isFull: Bool) -> TeachingReport {
        let risk = LearnerAtRisk(
            course: .example,
            courseTitle: "Introduction to Swift",
            enrollment: .example,
            learner: .example,
            name: "Ada Lovelace",
            reasons: isFull ? [.inactiveAndBehind, .belowPassingGrade] : [.inactiveAndBehind],
            inactiveDays: 12,
            progress: Percentage(completed: 1, of: 3),
            grade: isFull ? GradePercentage(hundredths: 4_850) : nil,
            passingGrade: isFull ? GradePercentage(hundredths: 6_000) : nil
        )
        return TeachingReport(courses: [.example(isFull: isFull)], atRisk: [risk], atRiskCount: 1)
    }
}

extension CourseOverview {
    fileprivate static func example(isFull: Bool) -> CourseOverview {
        let queue = GradingQueue(
            count: isFull ? 4 : 0,
            oldest: isFull ? Date(timeIntervalSince1970: 1_800_000_000) : nil
        )
        return CourseOverview(
            course: .example,
            title: "Introduction to Swift",
            status: .published,
            role: isFull ? .instructor : nil,
            rating: Course.Rating(count: isFull ? 3 : 0, sum: isFull ? 13 : 0),
            active: 7,
            completed: 3,
            averageProgressInHundredths: 5_425,
            averageTimeSpentSeconds: 1_260,
            averageGrade: isFull ? GradePercentage(hundredths: 8_125) : nil,
            quizAttempts: isFull ? queue : nil,
            submissions: queue,
            lately: Activity(enrollments: 2, completions: 1, quizAttempts: 9, submissions: 6)
        )
    }
}
