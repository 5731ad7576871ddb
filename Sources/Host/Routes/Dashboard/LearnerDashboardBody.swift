// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// Where a learner stands in all of their courses.
struct LearnerDashboardBody: ResponseBody {
    let dashboard: LearnerDashboard

    static var example: LearnerDashboardBody { LearnerDashboardBody(dashboard: .example(isFull: true)) }
    static var variations: [LearnerDashboardBody] { [LearnerDashboardBody(dashboard: .example(isFull: false))] }

    func write(to json: inout JSONWriter) {
        let summary = dashboard.summary
        json.object { object in
            object.field(
                "summary",
                object: { object in
                    object.field("activeCourses", summary.active)
                    object.field("completedCourses", summary.completed)
                    object.field("averageProgressPercent", Double(summary.averageProgressInHundredths) / 100)
                    object.field("completedLessons", summary.completedLessons)
                    object.field("timeSpentSeconds", summary.timeSpentSeconds)
                    object.field("unreadNotifications", dashboard.unreadNotifications)
                }
            )
            object.field("courses", dashboard.courses.map { CourseBody(listing: $0, isActive: true) })
            object.field("due", dashboard.due.map(DueBody.init))
            object.field("completed", dashboard.completed.map { CourseBody(listing: $0, isActive: false) })
            object.field("certificates", dashboard.certificates.map(AwardBody.init))
            object.field("recentActivity", dashboard.activity.map(DayBody.init))
        }
    }

    private struct CourseBody: JSONWritable {
        let listing: EnrollmentListing
        let isActive: Bool

        func write(to json: inout JSONWriter) {
            let enrollment = listing.enrollment
            json.object { object in
                object.field("enrollmentId", enrollment.id)
                object.field("courseId", enrollment.course)
                object.field("courseTitle", listing.courseTitle)
                object.field("courseSlug", listing.courseSlug.description)
                object.field("courseThumbnailUrl", listing.courseThumbnail)
                enrollment.writeStanding(to: &object)
                object.field("lastAccessedAt", enrollment.lastAccessedAt)
                guard isActive else { return }
                object.field("nextLessonId", listing.nextLesson?.id)
                object.field("nextLessonTitle", listing.nextLesson?.title)
            }
        }
    }

    private struct DueBody: JSONWritable {
        let work: DueWork

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("kind", work.kind.rawValue)
                object.field("subjectId", work.subject)
                object.field("title", work.title)
                object.field("courseId", work.course)
                object.field("courseTitle", work.courseTitle)
                object.field("opensAt", work.opensAt)
                object.field("dueAt", work.dueAt)
                object.field("closesAt", work.closesAt)
                object.field("isSubmitted", work.isSubmitted)
            }
        }
    }

    private struct AwardBody: JSONWritable {
        let award: LearnerDashboard.Award

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("id", award.id)
                object.field("number", award.number.description)
                object.field("courseId", award.course)
                object.field("courseTitle", award.courseTitle)
                object.field("issuedAt", award.issuedAt)
                object.field("expiresAt", award.expiresAt)
            }
        }
    }

    private struct DayBody: JSONWritable {
        let day: LearnerDashboard.Day

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("date", day.date)
                object.field("completedLessons", day.completedLessons)
                object.field("submittedQuizzes", day.submittedQuizzes)
                object.field("submittedAssignments", day.submittedAssignments)
            }
        }
    }
}

extension LearnerDashboard {
    fileprivate static func example(isFull: Bool) -> LearnerDashboard {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let certificate = Certificate.example(isFull: isFull)
        return LearnerDashboard(
            summary: Summary(
                active: 2,
                completed: 1,
                averageProgressInHundredths: 6_667,
                completedLessons: 5,
                timeSpentSeconds: 1_260
            ),
            courses: [.example(isFull: isFull)],
            due: [
                DueWork(
                    isFull ? .assignment : .quiz,
                    Course.ID.example.uuid,
                    in: .example,
                    courseTitle: "Introduction to Swift",
                    title: "The third sheet",
                    opensAt: isFull ? time : nil,
                    dueAt: isFull ? time : nil,
                    closesAt: isFull ? nil : time,
                    isSubmitted: isFull
                )
            ],
            completed: [.example(isFull: isFull)],
            certificates: [
                Award(
                    id: certificate.id,
                    number: certificate.number,
                    course: certificate.course,
                    courseTitle: certificate.courseTitle,
                    issuedAt: time,
                    expiresAt: isFull ? time.addingTimeInterval(31_536_000) : nil
                )
            ],
            activity: [Day(date: "2027-01-15", completedLessons: 2, submittedQuizzes: 1, submittedAssignments: 0)],
            unreadNotifications: 3
        )
    }
}

extension EnrollmentListing {
    fileprivate static func example(isFull: Bool) -> EnrollmentListing {
        EnrollmentListing(
            enrollment: .example,
            courseTitle: "Introduction to Swift",
            courseSlug: .example,
            courseThumbnail: isFull ? "https://cdn.example.org/swift.png" : nil,
            nextLesson: isFull ? NextLesson(id: .example, title: "Variables") : nil
        )
    }
}
