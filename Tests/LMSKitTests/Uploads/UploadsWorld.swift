// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSKit

/// A course with somebody who teaches it, and files that come.
struct UploadsWorld {
    let tenant: TestTenant
    let platform: TestPlatform
    let store: MemoryBlobStore
    let clock = MovedClock()
    let author: Principal
    let course: Course.ID

    init(_ tenant: TestTenant, partSize: Int) async throws {
        self.tenant = tenant
        store = MemoryBlobStore(partSize: partSize)
        let platform = try TestPlatform()
        self.platform = platform
        author = try await platform.member("author", .admin, of: tenant)
        course = try await tenant.transaction { session in
            try await platform.lms.courses.create(NewCourse(title: "Physics"), session: session).id
        }
    }

    /// The service, as another process has it each time.
    var uploads: Uploads {
        get throws {
            let digesting = try #require(platform.cryptography as? any StreamDigesting)
            return Uploads(
                store: store,
                keys: platform.lms.tenantKeys,
                ports: UploadPorts(types: PlainContentTypes(), digesting: digesting),
                clock: clock.wall,
                audit: platform.lms.audit
            )
        }
    }

    func begin(
        _ byteCount: Int,
        named name: String = "a.txt",
        for use: FileUpload.Use = .courseAsset,
        sha256: [UInt8]? = nil,
        as principal: Principal? = nil
    ) async throws -> FileUpload {
        let new = NewUpload(
            try #require(FileName(name)),
            byteCount: byteCount,
            for: use,
            in: course,
            sha256: sha256
        )
        let uploads = try uploads
        return try await tenant.transaction(as: principal ?? author) { session in
            try await uploads.begin(new, session: session)
        }
    }

    func append(
        _ source: any BlobSource,
        at offset: Int,
        to id: FileUpload.ID,
        as principal: Principal? = nil
    ) async throws -> FileUpload {
        try await uploads.append(
            source,
            at: offset,
            to: id,
            of: tenant.id,
            as: principal ?? author,
            tenants: tenant.tenants
        )
    }

    func find(_ id: FileUpload.ID) async throws -> FileUpload {
        try await uploads.find(id, reader: tenant.reader(as: author))
    }

    func check(_ id: FileUpload.ID) async throws -> FileUpload {
        try await uploads.check(id, of: tenant.id, tenants: tenant.tenants)
        return try await find(id)
    }

    /// Uploads all of a file at once and has it looked at.
    func upload(_ bytes: [UInt8], as name: String, sha256: [UInt8]? = nil) async throws -> FileUpload {
        let upload = try await begin(bytes.count, named: name, sha256: sha256)
        _ = try await append(BlobBytes(bytes), at: 0, to: upload.id)
        return try await check(upload.id)
    }

    func storage() async throws -> FileStorage { try await uploads.storage(reader: tenant.reader()) }

    static func with(partSize: Int = 100_000, _ body: (UploadsWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await UploadsWorld($0, partSize: partSize)) }
    }
}

/// The system's clock, moved.
final class MovedClock: Sendable {
    private let offset = Mutex<TimeInterval>(0)

    var wall: WallClock { WallClock { self.offset.withLock { Date().addingTimeInterval($0) } } }

    func advance(by seconds: TimeInterval) { offset.withLock { $0 += seconds } }
}
