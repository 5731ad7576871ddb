// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// Has somebody begin to upload a file to a course.
    ///
    /// - Returns: The upload.
    /// - Throws: If the tenant refuses it.
    func upload(to course: Course.ID, of user: User.ID) async throws -> FileUpload.ID {
        let uploads = host.uploads
        let name = try #require(FileName("\(mark).txt"))
        let author = Principal(.user(user), grants: BuiltInRole.owner.grants)
        return try await tenant.transaction(as: author) { session in
            let new = NewUpload(name, byteCount: 100, for: .courseAsset, in: course)
            return try await uploads.begin(new, session: session).id
        }
    }
}
