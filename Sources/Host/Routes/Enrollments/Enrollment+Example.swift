// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

private let exampleTime = Date(timeIntervalSince1970: 1_800_000_000)

private func exampleID<Entity>(_ number: UInt64) -> Identifier<Entity> {
    Identifier(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8000 + number))
}

extension Enrollment {
    /// What the reference shows.
    static var example: Enrollment {
        Enrollment(
            id: exampleID(1),
            user: exampleID(2),
            course: exampleID(3),
            status: .active,
            completedLessons: 2,
            totalLessons: 3,
            timeSpentSeconds: 1260,
            lastLesson: exampleID(4),
            enrolledAt: exampleTime,
            startedAt: exampleTime,
            completedAt: nil,
            lastAccessedAt: exampleTime
        )
    }
}

extension EnrollmentStatistics {
    /// What the reference shows.
    static var example: EnrollmentStatistics {
        EnrollmentStatistics(
            total: 12,
            pendingPayment: 1,
            active: 7,
            completed: 3,
            dropped: 1,
            expired: 0,
            averageProgressInHundredths: 5_425
        )
    }
}

extension LessonProgress {
    /// What the reference shows.
    static var example: LessonProgress {
        LessonProgress(
            lesson: exampleID(4),
            status: .completed,
            positionSeconds: 212,
            timeSpentSeconds: 420,
            startedAt: exampleTime,
            completedAt: exampleTime,
            lastAccessedAt: exampleTime
        )
    }
}

extension CourseProgress.Step {
    /// One that is not the learner's yet.
    static var upcoming: CourseProgress.Step {
        CourseProgress.Step(
            module: exampleID(5),
            moduleTitle: "Basics",
            lesson: exampleID(4),
            title: "Variables",
            kind: .video,
            durationMinutes: nil,
            availableAt: exampleTime,
            progress: nil
        )
    }

    /// What the reference shows.
    static var example: CourseProgress.Step {
        CourseProgress.Step(
            module: exampleID(5),
            moduleTitle: "Basics",
            lesson: exampleID(4),
            title: "Variables",
            kind: .video,
            durationMinutes: 7,
            progress: .example
        )
    }
}

extension Identifier {
    /// What the reference shows.
    static var example: Identifier { Identifier(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057)) }
}
