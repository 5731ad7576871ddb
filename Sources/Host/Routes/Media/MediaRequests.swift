// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/lessons/{lessonId}/media`.
struct MediaLessonPath: PathParameters {
    let lessonId: Lesson.ID

    init(fields: inout FieldReader) {
        lessonId = fields.required("lessonId", .id())
    }
}

/// `/media/{mediaId}`.
struct MediaPath: PathParameters {
    let mediaId: MediaItem.ID

    init(fields: inout FieldReader) {
        mediaId = fields.required("mediaId", .id())
    }
}

/// `/media/{mediaId}/files/{fileId}`.
struct MediaFilePath: PathParameters {
    let mediaId: MediaItem.ID
    let fileId: MediaFile.ID

    init(fields: inout FieldReader) {
        mediaId = fields.required("mediaId", .id())
        fileId = fields.required("fileId", .id())
    }
}

/// What players show where they cannot send fields.
struct PlaybackQuery: QueryParameters {
    let token: String?

    init(fields: inout FieldReader) {
        token = fields.optional("token", .text(1...300))
    }
}

/// A new medium.
struct NewMediaRequest: RequestBody {
    let new: NewMediaItem

    init(fields: inout FieldReader) {
        var new = NewMediaItem(
            file: fields.required("fileId", .id()),
            title: fields.required("title", .text(1...255, example: "Introduction"))
        )
        let percentage = fields.clearableChange("completionPercentage", .integer(1...100))
        new.completionPercentage = percentage.applied(to: new.completionPercentage)
        self.new = new
    }
}

/// What changes of a medium.
struct MediaUpdate: RequestBody {
    let changes: MediaChanges

    init(fields: inout FieldReader) {
        var changes = MediaChanges()
        changes.title = fields.change("title", .text(1...255, example: "Introduction"))
        changes.completionPercentage = fields.clearableChange("completionPercentage", .integer(1...100))
        self.changes = changes
    }
}

/// What a medium is made of anew.
struct MediaRemakeRequest: RequestBody {
    let file: StoredFile.ID?

    init(fields: inout FieldReader) {
        file = fields.optional("fileId", .id())
    }
}

/// Captions in one language.
struct MediaCaptionsRequest: RequestBody {
    let language: String
    let label: String
    let text: String

    init(fields: inout FieldReader) {
        language = fields.required("language", .captionLanguage)
        label = fields.required("label", .captionLabel)
        text = fields.required(
            "text",
            .multilineText(
                1...MediaCaptions.lengthLimit,
                format: "webvtt",
                example: "WEBVTT\n\n00:00.000 --> 00:02.000\nHello."
            )
        )
    }
}

/// What a player says.
struct PlaybackEventRequest: RequestBody {
    let beat: PlaybackBeat

    init(fields: inout FieldReader) {
        beat = PlaybackBeat(
            player: fields.required("player", .text(8...64, example: "0b51a1e2-player")),
            sequence: fields.required("sequence", .integer(0...(1 << 53))),
            event: fields.required("event", .choice(PlaybackBeat.Event.heartbeat)),
            position: fields.required("positionSeconds", .integer(0...1_000_000))
        )
    }
}

extension FieldRule where Self == ParsedRule<String> {
    /// A language as RFC 5646 writes it.
    fileprivate static var captionLanguage: ParsedRule<String> {
        .parsed(format: "language", 2...30, example: "en", placeholder: "en") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard let first = parts.first, (2...3).contains(first.utf8.count), first.utf8.allSatisfy(\.isLowerLetter),
                parts.count <= 4
            else { return nil }
            let areParts = parts.dropFirst().allSatisfy { part in
                (2...8).contains(part.utf8.count)
                    && part.utf8.allSatisfy { $0.isLowerLetter || $0.isDigit || (0x41...0x5A).contains($0) }
            }
            return areParts ? text : nil
        }
    }

    /// What stands in a playlist between quotation marks.
    fileprivate static var captionLabel: ParsedRule<String> {
        .parsed(format: "label", 1...100, example: "English", placeholder: "English") { text in
            let isPlain = text.unicodeScalars.allSatisfy { scalar in
                scalar != "\"" && scalar.properties.generalCategory != .control
                    && scalar.properties.generalCategory != .lineSeparator
                    && scalar.properties.generalCategory != .paragraphSeparator
            }
            return isPlain ? text : nil
        }
    }
}
