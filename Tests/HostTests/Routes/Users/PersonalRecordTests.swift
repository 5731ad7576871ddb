// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct PersonalRecordTests {
    private static let path = "v1/users/me/export"

    @Test func `somebody gets everything that is kept of them and nothing of others`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let enrollment = try await world.enroll(world.student)
            let complete = "v1/enrollments/\(enrollment)/lessons/\(world.lessons[0])/complete"
            _ = try await world.send("POST", complete, as: world.student)
            let words = #"{"rating":4,"body":"Clear and to the point."}"#
            let review = try await world.send("POST", "v1/courses/\(world.course)/reviews", as: world.student, words)
            let reviewID = try #require(review.json["id"]?.text)
            _ = try await world.send(
                "PATCH",
                "v1/reviews/\(reviewID)/status",
                as: world.teacher,
                #"{"status":"approved"}"#
            )
            _ = try await world.send("PUT", "v1/reviews/\(reviewID)/helpful", as: world.other)

            let student = try await world.send("GET", Self.path, as: world.student)
            #expect(student.status == 200)
            #expect(student[.cacheControl] == "no-store")
            #expect(student.json["profile"]?["email"]?.text == "student@example.org")
            #expect(student.json["profile"]?["roles"] == .array(["student"]))
            #expect(student.json["sessions"]?[0]?["endedAt"] == .null)
            let place = student.json["enrollments"]?[0]
            #expect(place?["id"]?.text == enrollment)
            #expect(place?["courseTitle"]?.text == "Physics")
            #expect(place?["lessonProgress"]?[0]?["status"]?.text == "completed")
            #expect(student.json["reviews"]?[0]?["id"]?.text == reviewID)
            #expect(student.json["helpfulVotes"] == .array([]))
            #expect(!student.text.contains("other@") && !student.text.contains("teacher@"))

            let other = try await world.send("GET", Self.path, as: world.other)
            #expect(other.json["helpfulVotes"]?[0]?["reviewId"]?.text == reviewID)
            #expect(other.json["enrollments"] == .array([]) && other.json["reviews"] == .array([]))
            let teacher = try await world.send("GET", Self.path, as: world.teacher)
            #expect(teacher.json["taughtCourses"]?[0]?["title"]?.text == "Physics")
            #expect(try await world.send("GET", Self.path, as: nil).status == 401)
        }
    }

    @Test func `there is no secret in it`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: tenant)
            let reply = try await host.send("GET", "/api/\(Self.path)", to: tenant, token: ada.access)
            for secret in [ada.access, ada.refresh, "$", "password", "hash", "epoch"] {
                #expect(!reply.text.contains(secret), "\(secret)")
            }
        }
    }

    /// The tables that hold people and are left out, with the reason.
    private static let withheld = [
        "audit_events": "the tenant's own record of who did what",
        "invitations": "those that somebody sent name other people",
        "one_time_tokens": "hashes of what was mailed, which nobody can read",
        "factors": "secrets, which nobody can read; whether there is one is told by its own route",
        "recovery_codes": "hashes of what was shown once",
        "sign_in_challenges": "hashes of what ends by itself in minutes",
        "remembered_devices": "hashes of what devices keep",
        "federated_identities": "told by their own route",
        "federated_codes": "hashes of what ends by itself in a minute",
        "federated_flows": "hashes of what ends by itself in minutes",
        "service_accounts": "the tenant's own, told by their own routes",
        "phone_proofs": "a number and the hash of a code that ends by itself in minutes",
        "mail_messages": "sealed until they are delivered, and erased then",
        "idempotency_keys": "replies that are kept for a repetition and end by themselves",
        "notifications": "told by their own routes",
        "notification_announcements": "the tenant's own, told by their own routes",
        "notification_counters": "how many notifications there were",
        "notification_deliveries": "told by their own routes",
        "notification_preferences": "told by their own routes",
        "notification_schedules": "told by their own routes",
        "email_bounces": "the state of an address that the record has",
        "push_subscriptions": "sealed addresses of devices, told by their own routes",
        "conversations": "who began what the exported messages are part of",
        "conversation_members": "told by their own routes",
        "discussion_followers": "told by their own routes",
        "discussion_mentions": "where others named them, told by their own routes",
        "discussion_suspensions": "what moderators decided about their course",
        "certificates": "told by their own routes",
        "grades": "those that are released are told by their own route",
        "grade_changes": "what those who grade did, with their reasons",
        "course_grade_overrides": "told with the grades by their own route",
        "grade_imports": "tables that those who grade brought in, which end by themselves",
        "uploads": "told by their own route, until they end",
        "files": "told with what they were handed in with, and given out by its route",
        "media_players": "numbers that players count, of what the exported rows of watching came of",
        "grade_import_changes": "what such a table has of somebody, until it ends",
        "course_submissions": "what authors and reviewers did about a course, told by its own routes",
        "course_wishes": "told by their own route",
        "calendar_feeds": "the hash of a secret address",
        "prerequisite_waivers": "told with the place to the course's staff, by its own route",
        "discussion_votes": "told with the posts by their own routes",
        "moderation_reports": "reports that somebody made name other people",
        "assignment_extensions": "what graders decided about their course",
        "course_group_members": "told by their own route",
        "submission_members": "whose submissions are that are told with the others",
        "submission_comments": "what graders said, told with the submissions by their own route",
        "question_versions": "what authors wrote into their courses, which stays with them",
        "quiz_extensions": "what graders decided about their course",
        "quiz_attempts": "told by their own routes, as far as their quizzes show it",
        "quiz_attempt_questions": "told with the attempts",
        "quiz_results": "told with the attempts",
        "quiz_score_changes": "what graders and regrading changed, for the course's staff",
    ]
    private static let exported: Set = [
        "user_roles", "sessions", "enrollments", "course_reviews", "course_review_votes", "course_instructors",
        "course_imports", "api_keys", "impersonations", "direct_messages", "discussion_posts", "discussion_threads",
        "user_blocks", "submissions", "peer_reviews", "media_watches",
    ]

    @Test func `every table that names a user is exported, or withheld for a reason`() async throws {
        try await withTenant { tenant in
            let names: [String] = try await tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT c.relname::text AS name FROM pg_class c
                    WHERE c.relkind = 'r'
                      AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('users'))
                      AND (EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.confrelid = to_regclass('users'))
                           OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                                      AND (a.attname LIKE '%user_id' OR right(a.attname::text, 3) = '_by' OR a.attname = 'actor')))
                    """
                )
                return try rows.map { try $0["name"] }
            }
            #expect(Set(names) == Self.exported.union(Self.withheld.keys))
        }
    }
}
