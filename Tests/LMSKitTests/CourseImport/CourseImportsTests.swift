// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CourseImportsTests {
    let store = MemoryBlobStore()
    let files = InMemoryCourseFiles(OLXTests.files.mapValues { Array($0.utf8) })
    let courses = Courses()
    let keys: TenantKeys

    init() throws {
        keys = try TestPlatform().lms.tenantKeys
    }

    func imports(_ store: MemoryBlobStore) -> CourseImports {
        CourseImports(courses: courses, lessons: lessons, store: store, keys: keys)
    }

    func run(
        _ course: ImportedCourse,
        _ files: InMemoryCourseFiles,
        into tenant: TenantID,
        store: MemoryBlobStore,
        _ tenants: Tenants
    ) async throws -> CourseImport {
        try await imports(store).store(
            course,
            files: files,
            key: key(),
            status: .published,
            into: tenant,
            as: .test,
            tenants: tenants
        )
    }

    var lessons: Lessons { Lessons(courses: courses, sanitize: { HTMLSanitizer().sanitize($0) }) }

    func key(_ text: String = "k") throws -> CourseImportKey { try #require(CourseImportKey(text)) }

    func run(_ tenant: TestTenant, _ key: CourseImportKey, as principal: Principal = .test) async throws -> CourseImport
    {
        try await imports(store).store(
            try OLX.read(files),
            files: files,
            key: key,
            status: .published,
            into: tenant.id,
            as: principal,
            tenants: tenant.tenants
        )
    }

    @Test func `every block that was read is in the tenant, in order`() async throws {
        try await withTenant { tenant in
            let made = try await run(tenant, key())
            let outline = try await courses.outline(of: .id(made.course), reader: tenant.reader())
            #expect(outline.course.title == "مقدمة في البرمجة")
            #expect(outline.course.status == .published)
            #expect(outline.course.description == "Short & sweet")
            #expect(outline.modules.map(\.module.title) == ["First", "Second"])
            let titles = outline.modules.flatMap(\.lessons).map(\.title)
            #expect(titles == ["Week 1: Unit one", "Week 1: gone", "Inline: All inline"])
            let imported = try OLX.read(files)
            let first = try #require(outline.modules.flatMap(\.lessons).first { $0.title == "Week 1: Unit one" })
            let content = try await lessons.read(first.id, reader: tenant.reader())
            #expect(content.blocks.map(\.kind) == imported.modules[0].lessons[0].blocks.map(\.content.kind))
            #expect(
                content.blocks.contains(
                    .problem(kind: "numericalresponse", source: OLXTests.files["problem/q1.xml"] ?? "")
                )
            )
        }
    }

    @Test func `assets are stored and named by their new address`() async throws {
        try await withTenant { tenant in
            let made = try await run(tenant, key())
            #expect(store.count == 2)
            let outline = try await courses.outline(of: .id(made.course), reader: tenant.reader())
            let lesson = try #require(outline.modules.flatMap(\.lessons).first { $0.title == "Week 1: Unit one" })
            let blocks = try await lessons.read(lesson.id, reader: tenant.reader()).blocks
            guard case .html(let text) = blocks[0], case .file(let pdf, name: "Guide") = blocks[7] else {
                Issue.record("\(blocks)")
                return
            }
            let match = try #require(text.firstMatch(of: /src="\/api\/v1\/files\/([0-9a-f-]{36})"/))
            #expect(text.contains("src=\"/static/lost.png\""))
            let service = Files(store: store, keys: keys)
            let picture = try await service.read(try #require(StoredFile.ID(match.1)), reader: tenant.reader())
            #expect(picture.bytes == Array("png".utf8) && picture.file.mediaType == "image/png")
            #expect(try await service.read(pdf, reader: tenant.reader()).file.name == "guide.pdf")
            await #expect(throws: FileError.forbidden) {
                try await service.read(pdf, reader: tenant.reader(as: .anonymous))
            }
        }
    }

    @Test func `attack: the store alone gives nothing away, and a file that was changed there is not given out`()
        async throws
    {
        try await withTenant { tenant in
            _ = try await run(tenant, key())
            let service = Files(store: store, keys: keys)
            for place in store.keys {
                let bytes = try #require(store[place])
                let content = try await service.read(place.file, reader: tenant.reader()).bytes
                #expect(Data(bytes).range(of: Data(content)) == nil)
                var changed = bytes
                changed[changed.count - 1] ^= 1
                store[place] = changed
                await #expect(throws: FileError.store(.damaged)) {
                    try await service.read(place.file, reader: tenant.reader())
                }
                store[place] = Array(bytes.prefix(3))
                await #expect(throws: FileError.store(.damaged)) {
                    try await service.open(place.file, reader: tenant.reader())
                }
            }
        }
    }

    @Test func `files are read under a new tenant key, and without the tenant's keys no more`() async throws {
        try await withTenant { tenant in
            _ = try await run(tenant, key())
            let place = try #require(store.keys.first)
            let service = Files(store: store, keys: keys)
            let before = try await service.read(place.file, reader: tenant.reader()).bytes
            let resealed = try await TestPlatform().lms.keyRotation.rotateDataKey(tenant.id, tenants: tenant.tenants)
            #expect(resealed.first { $0.column == "files.sealed_key" }?.count == 2)
            #expect(try await service.read(place.file, reader: tenant.reader()).bytes == before)
            // The tenant's keys are destroyed: what is in the store and in the row is of no use any more.
            try await tenant.transaction { session in
                try await session.execute("UPDATE tenant_keys SET sealed = decode(repeat('00', 60), 'hex')")
            }
            let elsewhere = Files(store: store, keys: try TestPlatform().lms.tenantKeys)
            await #expect(throws: FileError.store(.unavailable(reason: "the tenant's keys cannot be used"))) {
                try await elsewhere.read(place.file, reader: tenant.reader())
            }
        }
    }

    @Test func `files that were stored before files had keys are read`() async throws {
        try await withTenant { tenant in
            _ = try await run(tenant, key())
            let place = try #require(store.keys.first)
            let service = Files(store: store, keys: keys)
            let bytes = try await service.read(place.file, reader: tenant.reader()).bytes
            store[place] = bytes
            try await tenant.transaction { session in
                try await session.execute(
                    "UPDATE files SET sealed_key = NULL, tenant_key_id = NULL WHERE id = \(place.file)"
                )
            }
            #expect(try await service.read(place.file, reader: tenant.reader()).bytes == bytes)
        }
    }

    @Test func `the same import twice makes one course, also at the same time`() async throws {
        try await withTenant { tenant in
            let made = try await withThrowingTaskGroup(of: CourseImport.self) { group in
                for _ in 0..<4 { group.addTask { try await run(tenant, key()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(made.map(\.course)).count == 1)
            #expect(made.count { !$0.isRepeated } == 1)
            // The others' files are gone again.
            #expect(store.count == 2)
            #expect(try await run(tenant, key("other")).course != made[0].course)
        }
    }

    @Test func `the report is kept and found again by those who may import`() async throws {
        try await withTwoTenants { tenant, other in
            let made = try await run(tenant, key())
            let found = try await imports(store).find(made.id, reader: tenant.reader())
            #expect(found.report == made.report)
            let report = try JSONValue.parse(found.report.bytes)
            #expect(report["modules"]?.integer == 2 && report["lessons"]?.integer == 3)
            #expect(report["blocks"]?["problem"]?.integer == 3)
            await #expect(throws: CourseImportError.notFound) {
                try await imports(store).find(made.id, reader: tenant.reader(as: .anonymous))
            }
            await #expect(throws: CourseImportError.notFound) {
                try await imports(store).find(made.id, reader: other.reader())
            }
        }
    }

    @Test func `who may not import gets nothing`() async throws {
        try await withTenant { tenant in
            await #expect(throws: CourseImportError.refused(.forbidden)) {
                try await run(tenant, key(), as: .anonymous)
            }
        }
    }

    @Test func `a failure leaves neither rows nor bytes`() async throws {
        try await withTenant { tenant in
            let small = MemoryBlobStore(capacity: 1)
            let course = try OLX.read(files)
            await #expect(throws: CourseImportError.files(.unavailable(reason: "full"))) {
                try await run(course, files, into: tenant.id, store: small, tenant.tenants)
            }
            #expect(small.count == 0)
            let rows = try await tenant.transaction { try await $0.execute("SELECT 1 FROM courses") }
            #expect(rows.isEmpty)
        }
    }

    @Test func `a course beyond the limits is refused whole`() async throws {
        var sources = OLXTests.files
        let chapters = (0..<51).map { "<chapter display_name=\"C\($0)\"/>" }.joined()
        sources["course/run1.xml"] = "<course>\(chapters)</course>"
        let large = InMemoryCourseFiles(sources.mapValues { Array($0.utf8) })
        let course = try OLX.read(large)
        try await withTenant { tenant in
            await #expect(throws: CourseImportError.refused(.tooManyModules(limit: 50))) {
                try await run(course, large, into: tenant.id, store: store, tenant.tenants)
            }
        }
    }
}
