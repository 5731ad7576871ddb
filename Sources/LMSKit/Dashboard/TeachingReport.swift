// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How courses go, for those who teach them.
public struct TeachingReport: Sendable {
    /// The courses, the newest first.
    public let courses: [CourseOverview]
    /// Learners who may not make it, those for the most reasons first, then those who have been away longest.
    public let atRisk: [LearnerAtRisk]
    /// How many of those there are.
    public let atRiskCount: Int

    package init(courses: [CourseOverview], atRisk: [LearnerAtRisk], atRiskCount: Int) {
        self.courses = courses
        self.atRisk = atRisk
        self.atRiskCount = atRiskCount
    }

    /// What waits for a grader in all of the courses that the reader may grade; `nil` if there are none.
    public var quizAttempts: GradingQueue? { GradingQueue(joining: courses.compactMap(\.quizAttempts)) }
    /// What waits for a grader in all of the courses that the reader may grade; `nil` if there are none.
    public var submissions: GradingQueue? { GradingQueue(joining: courses.compactMap(\.submissions)) }
}

/// How a course goes.
public struct CourseOverview: Sendable {
    /// The course.
    public let course: Course.ID
    /// Its title.
    public let title: String
    /// Where it stands.
    public let status: Course.Status
    /// What the reader is in it; `nil` if nothing.
    public let role: CourseRole?
    /// What its learners think of it.
    public let rating: Course.Rating
    /// The learners who are in it.
    public let active: Int
    /// Those who completed it.
    public let completed: Int
    /// The average percentage of both times one hundred, rounded half up.
    public let averageProgressInHundredths: Int
    /// The average of the time that both spent in lessons, in seconds.
    public let averageTimeSpentSeconds: Int
    /// The average of both's grades of what is graded; `nil` if nothing is.
    public let averageGrade: GradePercentage?
    /// The attempts at quizzes that wait for a grader; `nil` for who may not grade them.
    public internal(set) var quizAttempts: GradingQueue?
    /// The submissions that wait for a grader; `nil` for who may not grade them.
    public internal(set) var submissions: GradingQueue?
    /// What happened in the last 7 days.
    public let lately: Activity

    /// What happened in a course.
    public struct Activity: Sendable, Hashable {
        /// The learners who came.
        public let enrollments: Int
        /// Those who completed it.
        public let completions: Int
        /// The attempts at quizzes that were submitted.
        public let quizAttempts: Int
        /// The assignments that were handed in.
        public let submissions: Int

        package init(enrollments: Int, completions: Int, quizAttempts: Int, submissions: Int) {
            self.enrollments = enrollments
            self.completions = completions
            self.quizAttempts = quizAttempts
            self.submissions = submissions
        }
    }

    package init(
        course: Course.ID,
        title: String,
        status: Course.Status,
        role: CourseRole?,
        rating: Course.Rating,
        active: Int,
        completed: Int,
        averageProgressInHundredths: Int,
        averageTimeSpentSeconds: Int,
        averageGrade: GradePercentage?,
        quizAttempts: GradingQueue?,
        submissions: GradingQueue?,
        lately: Activity
    ) {
        self.course = course
        self.title = title
        self.status = status
        self.role = role
        self.rating = rating
        self.active = active
        self.completed = completed
        self.averageProgressInHundredths = averageProgressInHundredths
        self.averageTimeSpentSeconds = averageTimeSpentSeconds
        self.averageGrade = averageGrade
        self.quizAttempts = quizAttempts
        self.submissions = submissions
        self.lately = lately
    }
}

/// How much waits for a grader; whose it is it does not say.
public struct GradingQueue: Sendable, Hashable {
    /// How many, without the reader's own.
    public let count: Int
    /// When the one that waits longest was handed in, UTC.
    public let oldest: Date?

    package init(count: Int, oldest: Date?) {
        self.count = count
        self.oldest = oldest
    }

    /// Puts several together; `nil` for none.
    init?(joining queues: [GradingQueue]) {
        guard !queues.isEmpty else { return nil }
        self.init(count: queues.reduce(0) { $0 + $1.count }, oldest: queues.compactMap(\.oldest).min())
    }
}

/// A learner who may not make it, and why that is thought.
public struct LearnerAtRisk: Sendable, Hashable {
    /// The course.
    public let course: Course.ID
    /// Its title.
    public let courseTitle: String
    /// Their place in it.
    public let enrollment: Enrollment.ID
    /// The learner.
    public let learner: Principal.ID
    /// Their name.
    public let name: String
    /// Why; never none.
    public let reasons: [Reason]
    /// How many whole days ago they did something last.
    public let inactiveDays: Int
    /// How much they did of the lessons.
    public let progress: Percentage
    /// Their grade of what is graded; `nil` if nothing is, or the course asks for none.
    public let grade: GradePercentage?
    /// The grade that the course asks for.
    public let passingGrade: GradePercentage?

    /// Why a learner may not make it.
    @nonexhaustive
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// They did nothing for some days, have lessons left, and completed no more of them than the course's learners on average.
        case inactiveAndBehind = "inactive_and_behind"
        /// Their grade is below the one that completes the course.
        case belowPassingGrade = "below_passing_grade"
    }

    package init(
        course: Course.ID,
        courseTitle: String,
        enrollment: Enrollment.ID,
        learner: Principal.ID,
        name: String,
        reasons: [Reason],
        inactiveDays: Int,
        progress: Percentage,
        grade: GradePercentage?,
        passingGrade: GradePercentage?
    ) {
        self.course = course
        self.courseTitle = courseTitle
        self.enrollment = enrollment
        self.learner = learner
        self.name = name
        self.reasons = reasons
        self.inactiveDays = inactiveDays
        self.progress = progress
        self.grade = grade
        self.passingGrade = passingGrade
    }
}
