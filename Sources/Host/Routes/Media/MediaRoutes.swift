// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Video and audio of lessons, as their authors make and everybody finds them.
struct MediaRoutes: Sendable {
    let media: Media

    var routes: [Route] { ofLessons + single + captions }

    private var ofLessons: [Route] {
        [
            Route(
                .get,
                "/api/v1/lessons/{lessonId}/media",
                "List the media of a lesson",
                access: .publicRead,
                problems: [.lessonNotFound, .enrollmentNeeded, .paymentNeeded, .notYetAvailable],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/lessons/{lessonId}/media",
                "Have a medium made of a file of the course",
                access: .permission(.courseUpdate),
                status: .created,
                problems: [.lessonNotFound, .fileNotFound, .mediaExists, .tooManyEntries, .mediaNotBuilt],
                idempotency: .accepted,
                handler: create
            ),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get,
                "/api/v1/media/{mediaId}",
                "Show a medium",
                access: .publicRead,
                problems: MediaError.readingProblems,
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/media/{mediaId}",
                "Change the title of a medium, or how much of it has to be watched",
                access: .permission(.courseUpdate),
                problems: [.mediaNotFound, .preconditionFailed],
                handler: update
            ),
            Route(
                .post,
                "/api/v1/media/{mediaId}/remake",
                "Have a medium made again, or of another file",
                access: .permission(.courseUpdate),
                problems: [.mediaNotFound, .fileNotFound, .mediaExists, .mediaNotBuilt],
                rate: .expensive,
                handler: remake
            ),
            Route(
                .delete,
                "/api/v1/media/{mediaId}",
                "Delete a medium",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: [.mediaNotFound, .preconditionFailed],
                handler: delete
            ),
        ]
    }

    private var captions: [Route] {
        [
            Route(
                .post,
                "/api/v1/media/{mediaId}/captions",
                "Give a medium captions in a language, in place of those it has",
                access: .permission(.courseUpdate),
                problems: [
                    .mediaNotFound, .mediaNotReady, .captionsRefused, .tooManyEntries, .storageFull, .mediaNotBuilt,
                    .unavailable,
                ],
                bodyLimit: 2 << 20,
                handler: setCaptions
            ),
            Route(
                .delete,
                "/api/v1/media/{mediaId}/captions/{fileId}",
                "Take captions away",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: [.mediaNotFound],
                handler: removeCaptions
            ),
        ]
    }

    private func list(
        _ input: Input<MediaLessonPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MediaListBody> {
        let listings = try await media.list(of: input.path.lessonId, reader: context.reader)
        return .ok(MediaListBody(items: listings.map { MediaBody($0, in: context.language) }))
    }

    private func create(
        _ input: Input<MediaLessonPath, Nothing, NewMediaRequest>,
        _ context: RequestContext
    ) async throws -> Reply<MediaBody> {
        try await context.idempotently { session in
            let listing = try await media.create(input.body.new, in: input.path.lessonId, session: session)
            let body = MediaBody(listing, in: context.language)
            return .created(body, at: "/api/v1/media/\(listing.item.id)", etag: body.etag)
        }
    }

    private func show(
        _ input: Input<MediaPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MediaBody> {
        reply(try await media.fetch(input.path.mediaId, reader: context.reader), context)
    }

    private func update(
        _ input: Input<MediaPath, Nothing, MediaUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<MediaBody> {
        let id = input.path.mediaId
        let version = try context.expectedVersion(of: id)
        let listing = try await context.transaction { session in
            try await media.update(id, input.body.changes, expecting: version, session: session)
        }
        return reply(listing, context)
    }

    private func remake(
        _ input: Input<MediaPath, Nothing, MediaRemakeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<MediaBody> {
        let listing = try await context.transaction { session in
            try await media.remake(input.path.mediaId, of: input.body.file, session: session)
        }
        return reply(listing, context)
    }

    private func delete(
        _ input: Input<MediaPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.mediaId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { try await media.delete(id, expecting: version, session: $0) }
        return .noContent
    }

    private func setCaptions(
        _ input: Input<MediaPath, Nothing, MediaCaptionsRequest>,
        _ context: RequestContext
    ) async throws -> Reply<MediaBody> {
        let body = input.body
        let captions = try MediaCaptions(text: body.text, language: body.language, label: body.label)
        let listing = try await media.setCaptions(
            captions,
            of: input.path.mediaId,
            at: context.tenant.id,
            as: context.acting,
            tenants: context.tenants
        )
        return reply(listing, context)
    }

    private func removeCaptions(
        _ input: Input<MediaFilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { try await media.removeCaptions(path.fileId, of: path.mediaId, session: $0) }
        return .noContent
    }

    private func reply(_ listing: MediaListing, _ context: RequestContext) -> Reply<MediaBody> {
        let body = MediaBody(listing, in: context.language)
        return .ok(body, etag: body.etag)
    }
}
