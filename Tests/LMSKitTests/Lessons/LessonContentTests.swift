// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct LessonContentTests {
    private func price(_ changes: inout CourseChanges) {
        changes.price = .set(Currency("USD").map { Money(minorUnits: 999, currency: $0) })
    }

    private func storeFile(of course: Course.ID, in world: CourseWorld) async throws -> StoredFile.ID {
        let file: StoredFile.ID = IdentifierSource().next()
        try await world.tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO files (id, course_id, name, media_type, byte_count, created_at)
                VALUES (\(file), \(course), 'notes.pdf', 'application/pdf', 1, now())
                """
            )
        }
        return file
    }

    @Test func `a file of another course is one that never was`() async throws {
        try await CourseWorld.with { world in
            let (outline, other) = (try await world.course(modules: [1]), try await world.course(modules: [1]))
            let foreign = try await storeFile(of: other.course.id, in: world)
            let (lesson, course) = (outline.lessons[0].id, outline.course.id)
            for file in [foreign, IdentifierSource().next()] {
                await #expect(throws: CourseError.fileNotFound) {
                    try await world.tenant.transaction(as: world.teacher) { session in
                        _ = try await world.lms.lessons.setContent(
                            [.file(file, name: nil)],
                            of: lesson,
                            of: course,
                            session: session
                        )
                    }
                }
            }
        }
    }

    @Test func `content comes back in its order, with the markup made safe`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1])
            let file = try await storeFile(of: outline.course.id, in: world)
            let blocks: [LessonBlock] = [
                .html("<p onclick=\"x()\">Hi<script>alert(1)</script></p>"),
                .video(source: "dQw4w9WgXcQ", provider: "youtube", durationSeconds: 212),
                .file(file, name: "notes.pdf"),
                .problem(kind: "multiplechoice", source: "<problem>1 < 2</problem>"),
                .opaque(kind: "lti", source: "<lti/>"),
            ]
            let stored = try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.lessons.setContent(
                    blocks,
                    of: outline.lessons[0].id,
                    of: outline.course.id,
                    session: session
                )
            }
            let content = try await world.lms.lessons.read(
                outline.lessons[0].id,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(content.blocks == stored.blocks)
            #expect(content.blocks.dropFirst() == blocks.dropFirst())
            #expect(content.lesson.version == stored.lesson.version)
            guard case .html(let text) = content.blocks[0] else {
                Issue.record("not html")
                return
            }
            #expect(!text.contains("script") && !text.contains("onclick"))
        }
    }

    @Test func `a priced course shows its previews and asks for payment for the rest`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2]) { price(&$0) }
            var changes = LessonChanges()
            changes.isPreview = .set(true)
            try await world.tenant.transaction(as: world.teacher) { [changes] session in
                _ = try await world.lms.lessons.update(
                    outline.lessons[0].id,
                    of: outline.course.id,
                    changes,
                    session: session
                )
            }
            let waiting = try await world.enroll(world.learner, in: outline.course.id)
            #expect(waiting.status == .pendingPayment)
            for principal in [world.learner, world.stranger, .anonymous] {
                let reader = world.tenant.reader(as: principal)
                #expect(try await world.lms.lessons.read(outline.lessons[0].id, reader: reader).access == .preview)
                await #expect(throws: CourseError.paymentNeeded) {
                    _ = try await world.lms.lessons.read(outline.lessons[1].id, reader: reader)
                }
            }
            try await world.tenant.transaction { session in
                _ = try await world.lms.enrollments.activate(waiting.id, session: session)
            }
            let reader = world.tenant.reader(as: world.learner)
            #expect(try await world.lms.lessons.read(outline.lessons[1].id, reader: reader).access == .full)
        }
    }

    @Test func `a free course asks for enrollment unless it is open to all`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1])
            let anonymous = world.tenant.reader(as: .anonymous)
            await #expect(throws: CourseError.enrollmentNeeded) {
                _ = try await world.lms.lessons.read(outline.lessons[0].id, reader: anonymous)
            }
            var changes = CourseChanges()
            changes.isOpen = .set(true)
            try await world.tenant.transaction(as: world.teacher) { [changes] session in
                _ = try await world.lms.courses.update(outline.course.id, changes, session: session)
            }
            #expect(try await world.lms.lessons.read(outline.lessons[0].id, reader: anonymous).access == .full)
        }
    }
}
