// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Something that was made of a medium and is given to players.
public struct MediaFile: Sendable, Identifiable, Equatable {
    /// The identifier.
    public typealias ID = Identifier<MediaFile>
    /// The file's identifier; another content has another one.
    public let id: ID
    /// What it is.
    public let content: Content
    /// How long it is.
    public let byteCount: Int

    package init(id: ID, content: Content, byteCount: Int) {
        self.id = id
        self.content = content
        self.byteCount = byteCount
    }

    /// What something is that was made of a medium.
    @nonexhaustive
    public enum Content: Sendable, Equatable {
        /// The medium in one size, or its sound alone, as fragmented MP4.
        case rendition(MediaRendition, codecs: String, index: MediaIndex)
        /// A picture of it, as JPEG.
        case thumbnail(width: Int, height: Int)
        /// What is said in it, as WebVTT.
        case captions(language: String, label: String)
    }

    /// The kinds of content.
    public enum Kind: String, Sendable, CaseIterable, DatabaseConvertible {
        /// The medium in one size.
        case rendition
        /// A picture of it.
        case thumbnail
        /// What is said in it.
        case captions
    }

    /// What kind of content it has.
    public var kind: Kind {
        switch content {
        case .rendition: .rendition
        case .thumbnail: .thumbnail
        case .captions: .captions
        }
    }

    /// What it is for clients.
    public var mediaType: String {
        switch content {
        case .rendition(let rendition, _, _): rendition.size == nil ? "audio/mp4" : "video/mp4"
        case .thumbnail: "image/jpeg"
        case .captions: "text/vtt; charset=utf-8"
        }
    }
}

/// Where the pieces of a rendition are that players load one after the other.
public struct MediaIndex: Sendable, Equatable {
    /// How many bytes stand before the first segment; players need them first.
    public let head: Int
    /// The segments, without gaps from `head` to the end.
    public let segments: [Segment]

    /// A piece that can be played from its start.
    public struct Segment: Sendable, Equatable {
        /// How long it is.
        public let byteCount: Int
        /// How long it plays.
        public let milliseconds: Int

        /// Describes a segment.
        ///
        /// - Parameters:
        ///   - byteCount: How long it is.
        ///   - milliseconds: How long it plays.
        public init(byteCount: Int, milliseconds: Int) {
            self.byteCount = byteCount
            self.milliseconds = milliseconds
        }
    }

    /// The most segments that a rendition has.
    public static let limit = 10_000

    /// Describes a rendition; `nil` unless it has 1–10,000 segments and nothing is empty.
    ///
    /// - Parameters:
    ///   - head: How many bytes stand before the first segment.
    ///   - segments: The segments.
    public init?(head: Int, segments: [Segment]) {
        guard head > 0, (1...Self.limit).contains(segments.count),
            segments.allSatisfy({ segment in
                (1...(1 << 32)).contains(segment.byteCount) && (0...MediaFacts.longest).contains(segment.milliseconds)
            })
        else { return nil }
        self.head = head
        self.segments = segments
    }

    /// How long the rendition is, in bytes.
    public var byteCount: Int { segments.reduce(head) { $0 + $1.byteCount } }

    /// How long the rendition plays.
    public var durationMilliseconds: Int { segments.reduce(0) { $0 + $1.milliseconds } }

    /// The same with a last segment that plays so long that the rendition does; itself if it plays that long.
    ///
    /// - Parameter milliseconds: How long the rendition plays at least.
    /// - Returns: The index.
    public func lasting(atLeast milliseconds: Int) -> MediaIndex {
        let missing = milliseconds - durationMilliseconds
        guard missing > 0, let last = segments.last else { return self }
        let time = min(MediaFacts.longest, last.milliseconds + missing)
        let longer = Segment(byteCount: last.byteCount, milliseconds: time)
        return MediaIndex(head: head, segments: segments.dropLast() + [longer]) ?? self
    }

    /// The bits per second that the densest segment takes.
    public var peakBandwidth: Int {
        segments.map { $0.byteCount * 8_000 / max($0.milliseconds, 100) }.max() ?? 0
    }
}

extension MediaFile {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        let kind: Kind = try fields.next()
        let width: Int? = try fields.next()
        let height: Int? = try fields.next()
        let codecs: String? = try fields.next()
        let head: Int? = try fields.next()
        let lengths: [Int]? = try fields.next()
        let times: [Int]? = try fields.next()
        let language: String? = try fields.next()
        let label: String? = try fields.next()
        byteCount = try fields.next()
        let size = width.flatMap { width in height.map { MediaRendition.Size(width: width, height: $0) } }
        switch kind {
        case .captions: content = .captions(language: language ?? "", label: label ?? "")
        case .thumbnail: content = .thumbnail(width: width ?? 0, height: height ?? 0)
        case .rendition:
            let segments = zip(lengths ?? [], times ?? []).map(MediaIndex.Segment.init(byteCount:milliseconds:))
            guard let head, let index = MediaIndex(head: head, segments: segments) else {
                throw .undecodable(column: "segment_lengths", expected: "1–10,000 segments")
            }
            content = .rendition(MediaRendition(size: size), codecs: codecs ?? "", index: index)
        }
    }
}
