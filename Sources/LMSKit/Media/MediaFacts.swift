// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What was read from a medium's file.
public struct MediaFacts: Sendable, Equatable {
    /// How long it plays.
    public let durationMilliseconds: Int
    /// How wide its picture is shown, in pixels; `nil` without one.
    public let width: Int?
    /// How high its picture is shown, in pixels; `nil` without one.
    public let height: Int?
    /// How its picture is encoded, such as `h264`.
    public let videoCodec: String?
    /// How its sound is encoded, such as `aac`.
    public let audioCodec: String?
    /// How long the file is.
    public let byteCount: Int

    /// Describes a medium.
    ///
    /// - Parameters:
    ///   - durationMilliseconds: How long it plays.
    ///   - width: How wide its picture is shown.
    ///   - height: How high its picture is shown.
    ///   - videoCodec: How its picture is encoded.
    ///   - audioCodec: How its sound is encoded.
    ///   - byteCount: How long the file is.
    public init(
        durationMilliseconds: Int,
        width: Int?,
        height: Int?,
        videoCodec: String?,
        audioCodec: String?,
        byteCount: Int
    ) {
        self.durationMilliseconds = durationMilliseconds
        self.width = width
        self.height = height
        self.videoCodec = videoCodec
        self.audioCodec = audioCodec
        self.byteCount = byteCount
    }

    /// How long it plays, in whole seconds; at least one.
    public var durationSeconds: Int { max(1, durationMilliseconds / 1_000) }

    /// The longest that is taken: 6 hours.
    public static let longest = 6 * 3_600_000
    /// The widest and highest picture that is taken, in pixels.
    public static let largest = 8_192
    /// The longest file that is taken, in bytes: 16 GiB.
    public static let heaviest = 16 << 30

    /// What keeps it from being made; `nil` if nothing does.
    var refusal: MediaItem.Failure? {
        if videoCodec == nil, audioCodec == nil { return .empty }
        if durationMilliseconds < 1 { return .damaged }
        if durationMilliseconds > Self.longest { return .tooLong }
        if videoCodec != nil {
            guard let width, let height, width > 0, height > 0 else { return .damaged }
            if max(width, height) > Self.largest { return .tooLarge }
        }
        return nil
    }
}

extension MediaFacts {
    /// How much less than the file says may be made of it: the more of both.
    static let shortfall = (milliseconds: 2_000, percent: 2)

    /// The same with how long what was made of it plays, if that is less: nobody could watch the rest.
    ///
    /// `nil` if so much less was made that the file breaks off, or lies.
    func playing(_ made: MediaIndex) -> MediaFacts? {
        let missing = durationMilliseconds - made.durationMilliseconds
        let isShort =
            missing > Self.shortfall.milliseconds && missing * 100 > durationMilliseconds * Self.shortfall.percent
        guard made.durationMilliseconds > 0, !isShort else { return nil }
        return lasting(min(durationMilliseconds, made.durationMilliseconds))
    }

    /// The same with another duration.
    ///
    /// - Parameter milliseconds: How long it plays.
    /// - Returns: What is known of the medium otherwise.
    public func lasting(_ milliseconds: Int) -> MediaFacts {
        MediaFacts(
            durationMilliseconds: milliseconds,
            width: width,
            height: height,
            videoCodec: videoCodec,
            audioCodec: audioCodec,
            byteCount: byteCount
        )
    }
}

/// One size in which a medium is given to players.
public struct MediaRendition: Sendable, Equatable {
    /// The picture's size, both sides even; `nil` for sound alone.
    public let size: Size?

    /// The size of a picture.
    public struct Size: Sendable, Equatable {
        /// In pixels.
        public let width: Int
        /// In pixels.
        public let height: Int

        /// Describes a size.
        ///
        /// - Parameters:
        ///   - width: In pixels.
        ///   - height: In pixels.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    /// Describes a rendition.
    ///
    /// - Parameter size: The picture's size; `nil` for sound alone.
    public init(size: Size?) {
        self.size = size
    }

    /// The most bits per second that its picture may take.
    public var videoBitRate: Int {
        guard let size else { return 0 }
        return min(size.width, size.height) <= 360 ? 800_000 : 2_500_000
    }

    /// The bits per second of its sound.
    public static let audioBitRate = 128_000
    /// The shorter sides that are made, in pixels.
    static let ladder = [360, 720]

    /// What is made of a medium, from small to large: never larger than it is.
    static func ladder(for facts: MediaFacts) -> [MediaRendition] {
        guard facts.videoCodec != nil, let width = facts.width, let height = facts.height else {
            return [MediaRendition(size: nil)]
        }
        let short = min(width, height)
        let steps = ladder.filter { $0 <= short }
        return (steps.isEmpty ? [short] : steps).map { step in
            MediaRendition(size: Size(width: width * step / short, height: height * step / short).even)
        }
    }

    /// The size of a medium's thumbnail.
    static func thumbnail(for facts: MediaFacts) -> Size? {
        guard facts.videoCodec != nil, let width = facts.width, let height = facts.height else { return nil }
        let long = max(width, height)
        let step = min(640, long)
        return Size(width: width * step / long, height: height * step / long).even
    }
}

extension MediaRendition.Size {
    /// The same with sides that encoders take.
    fileprivate var even: Self { Self(width: max(2, width / 2 * 2), height: max(2, height / 2 * 2)) }
}

/// The kinds of files that media are made of, by their first bytes; what a file is called decides nothing.
///
/// Playlists and lists of files, which name other files, are none of them.
@nonexhaustive
public enum MediaContainer: String, Sendable, CaseIterable {
    /// MP4, QuickTime and their like.
    case mp4
    /// Matroska and WebM.
    case matroska
    /// Ogg.
    case ogg
    /// RIFF with waves.
    case wave
    /// RIFF with video.
    case avi
    /// MPEG audio, with or without an ID3 tag.
    case mp3
    /// Free Lossless Audio Codec.
    case flac

    /// How many bytes decide.
    static let headLength = 64

    /// Recognizes a file; `nil` if it is of no kind that is taken.
    ///
    /// - Parameter head: Its first bytes.
    public init?(head: [UInt8]) {
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            head.dropFirst(offset).starts(with: Array(text.description.utf8))
        }
        if has("ftyp", at: 4) {
            self = .mp4
        } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .matroska
        } else if has("OggS") {
            self = .ogg
        } else if has("RIFF"), has("WAVE", at: 8) {
            self = .wave
        } else if has("RIFF"), has("AVI ", at: 8) {
            self = .avi
        } else if has("fLaC") {
            self = .flac
        } else if has("ID3") {
            self = .mp3
        } else if head.count > 2, head[0] == 0xFF, head[1] & 0xE6 == 0xE2 {
            // Eleven bits of synchronization and layer III.
            self = .mp3
        } else {
            return nil
        }
    }
}
