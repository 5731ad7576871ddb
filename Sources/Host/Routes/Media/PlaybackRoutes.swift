// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Give media to players, and take what players say.
struct PlaybackRoutes: Sendable {
    let media: Media

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/media/{mediaId}/playback",
                "Get a token that plays a medium, for an hour",
                access: .signedIn,
                problems: MediaError.readingProblems + [.mediaNotReady],
                handler: begin
            ),
            Route(
                .get,
                "/api/v1/media/{mediaId}/playlist",
                "List what a medium can be played as (HLS)",
                access: .publicRead,
                problems: MediaError.playingProblems + [.mediaNotReady],
                handler: playlist
            ),
            Route(
                .get,
                "/api/v1/media/{mediaId}/files/{fileId}/playlist",
                "List the pieces of a rendition or of captions (HLS)",
                access: .publicRead,
                problems: MediaError.playingProblems,
                handler: pieces
            ),
            Route(
                .get,
                "/api/v1/media/{mediaId}/files/{fileId}",
                "Read a rendition, a thumbnail or captions",
                access: .publicRead,
                problems: MediaError.playingProblems + [.rangeNotSatisfiable, .unavailable, .mediaNotBuilt],
                caching: .revalidated,
                handler: read
            ),
            Route(
                .post,
                "/api/v1/media/{mediaId}/events",
                "Say what my player does",
                access: .permission(.progressWrite),
                problems: MediaError.readingProblems,
                handler: record
            ),
            Route(
                .get,
                "/api/v1/media/{mediaId}/watch",
                "Show what I watched of a medium, and where to go on",
                access: .signedIn,
                problems: MediaError.readingProblems,
                caching: .revalidated,
                handler: watch
            ),
        ]
    }

    private static let playlistType = "application/vnd.apple.mpegurl"

    private func begin(
        _ input: Input<MediaPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PlaybackBody> {
        let id = input.path.mediaId
        let listing = try await media.fetch(id, reader: context.reader)
        guard listing.isPlayable else { throw MediaError.notReady }
        let ticket = try context.playbackTicket(for: id)
        return .ok(
            PlaybackBody(
                medium: id,
                token: ticket.text,
                expiresAt: ticket.expiresAt,
                files: listing.files,
                watch: try await media.watch(of: id, reader: context.reader)
            )
        )
    }

    private func playlist(
        _ input: Input<MediaPath, PlaybackQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let id = input.path.mediaId
        let reader = try await context.player(of: id, input.query.token)
        let listing = try await media.fetch(id, reader: reader)
        let query = Self.query(input.query)
        guard let text = MediaPlaylist.all(of: listing, { "files/\($0)/playlist\(query)" }) else {
            throw MediaError.notReady
        }
        return .ok(FileContent(mediaType: Self.playlistType, body: .bytes(Array(text.utf8))))
    }

    private func pieces(
        _ input: Input<MediaFilePath, PlaybackQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let path = input.path
        let reader = try await context.player(of: path.mediaId, input.query.token)
        let (file, facts) = try await media.find(path.fileId, of: path.mediaId, reader: reader)
        let address = "../\(file.id)\(Self.query(input.query))"
        guard let text = MediaPlaylist.pieces(of: file, facts, at: address) else { throw MediaError.notFound }
        return .ok(FileContent(mediaType: Self.playlistType, body: .bytes(Array(text.utf8))))
    }

    /// Players get no other address than those of the playlists, so these have the token that they were asked for with.
    private static func query(_ query: PlaybackQuery) -> String { query.token.map { "?token=\($0)" } ?? "" }

    private func read(
        _ input: Input<MediaFilePath, PlaybackQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let path = input.path
        let reader = try await context.player(of: path.mediaId, input.query.token)
        let (file, content) = try await media.open(path.fileId, of: path.mediaId, reader: reader)
        // Another content is another file.
        let etag = ETag(quoted: "\"\(file.id)\"")
        var fields = HTTPFields()
        fields.append("content-security-policy", "default-src 'none'; sandbox")
        return try await FileContent.reply(context.partWish, of: content, as: file.mediaType, etag, adding: fields)
    }

    private func record(
        _ input: Input<MediaPath, Nothing, PlaybackEventRequest>,
        _ context: RequestContext
    ) async throws -> Reply<MediaWatchBody> {
        let watch = try await context.transaction { session in
            try await media.record(input.body.beat, on: input.path.mediaId, session: session)
        }
        return .ok(MediaWatchBody(watch))
    }

    private func watch(
        _ input: Input<MediaPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MediaWatchBody> {
        .ok(MediaWatchBody(try await media.watch(of: input.path.mediaId, reader: context.reader)))
    }
}
