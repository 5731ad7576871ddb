// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

extension IsolationSettler {
    /// A medium that can be played, with captions that can be read.
    ///
    /// - Throws: If the tenant refuses it.
    func show(
        in lesson: Lesson.ID,
        of course: Course.ID
    ) async throws -> (medium: MediaItem.ID, captions: MediaFile.ID) {
        let media = host.platform.lms.media
        let file = try await host.storeFile(PlainWorkshop.file, in: course, of: tenant)
        let medium = try await tenant.transaction { session in
            // It asks for nothing: learners complete the lesson by saying so.
            let new = NewMediaItem(file: file, title: mark, completionPercentage: nil)
            return try await media.create(new, in: lesson, session: session).item.id
        }
        _ = try await media.make(medium, of: tenant.id, attempt: 1, tenants: tenant.tenants) { _, _ in }
        let text = "WEBVTT\n\n00:00.000 --> 00:01.000\n\(mark)"
        let listing = try await media.setCaptions(
            try MediaCaptions(text: text, language: "en", label: "English"),
            of: medium,
            at: tenant.id,
            as: .test,
            tenants: tenant.tenants
        )
        return (medium, try #require(listing.files.first { $0.kind == .captions }).id)
    }
}
