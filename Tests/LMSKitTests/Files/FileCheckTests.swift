// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct FileCheckTests {
    @Test
    func `files that no row names, rows without a file and uploads without an end are found, once they are a day old`()
        async throws
    {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let store = MemoryBlobStore()
            let files = InMemoryCourseFiles(OLXTests.files.mapValues { Array($0.utf8) })
            _ = try await platform.lms.courseImports(store: store).store(
                try OLX.read(files),
                files: files,
                key: try #require(CourseImportKey("k")),
                into: tenant.id,
                as: .test,
                tenants: tenant.tenants
            )
            func report(afterDays days: Double) async throws -> FileCheck.Report {
                let later = WallClock { max(Date(), platform.clock.wall.now()).addingTimeInterval(days * 86_400 + 60) }
                return try await FileCheck(store: store, clock: later).run(reader: tenant.reader())
            }
            let sound = try await report(afterDays: 2)
            #expect(sound.isSound && sound.stored == 2)
            let orphan = BlobKey(IdentifierSource().next(), of: tenant.id)
            try await store.put({ [1] }, as: orphan)
            let named = try #require(store.keys.first { $0 != orphan })
            try await store.remove(named)
            let upload = try await store.beginUpload(of: orphan)
            let found = try await report(afterDays: 2)
            #expect(found.orphans == 1 && found.examples == [orphan] && found.missing == 1 && found.stored == 2)
            #expect(found.abandonedUploads == 1 && !found.isSound)
            #expect(try await report(afterDays: 0).orphans == 0)
            try await store.abort(upload)
            #expect(try await report(afterDays: 2).abandonedUploads == 0)
        }
    }
}
