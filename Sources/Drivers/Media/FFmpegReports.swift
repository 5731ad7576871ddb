// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension MediaFacts {
    /// Reads what ffprobe writes; `nil` if that is nothing.
    init?(ffprobe text: String) {
        // What is no JSON says nothing of the file.
        guard let report = try? JSONValue.parse(Array(text.utf8)), case .array(let streams)? = report["streams"] else {
            return nil
        }
        let video = streams.first { stream in
            // A cover is no video.
            stream["codec_type"]?.text == "video" && stream["disposition"]?["attached_pic"] != .number("1")
        }
        let audio = streams.first { $0["codec_type"]?.text == "audio" }
        let times = [report["format"]?["duration"], video?["duration"], audio?["duration"]]
        let seconds = times.lazy.compactMap { $0?.text.flatMap(Double.init) }.first { $0.isFinite && $0 > 0 } ?? 0
        var (width, height) = (Self.number(video?["width"]), Self.number(video?["height"]))
        if Self.isTurned(video) { swap(&width, &height) }
        self.init(
            durationMilliseconds: Int(min(seconds, 1_000_000) * 1_000),
            width: width,
            height: height,
            videoCodec: video?["codec_name"]?.text,
            audioCodec: audio?["codec_name"]?.text,
            byteCount: 0
        )
    }

    private static func number(_ value: JSONValue?) -> Int? {
        guard case .number(let digits)? = value else { return nil }
        return Int(digits)
    }

    /// Whether it is shown on its side, as telephones film.
    private static func isTurned(_ video: JSONValue?) -> Bool {
        guard case .array(let data)? = video?["side_data_list"] else { return false }
        return data.contains { (number($0["rotation"]) ?? 0) % 180 != 0 }
    }
}

extension MediaIndex {
    /// Reads the playlist of a rendition that is one file, as ffmpeg writes it; `nil` for any other.
    init?(hls text: String) {
        var head: Int?
        var segments: [Segment] = []
        var milliseconds: Int?
        var end = 0
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#EXT-X-MAP:") {
                guard let range = line.firstRange(of: "BYTERANGE=\""),
                    let (count, start) = Self.range(line[range.upperBound...].prefix { $0 != "\"" }), start == 0
                else { return nil }
                (head, end) = (count, count)
            } else if line.hasPrefix("#EXTINF:") {
                guard let seconds = Double(line.dropFirst("#EXTINF:".count).prefix { $0 != "," }), seconds.isFinite,
                    (0...600).contains(seconds)
                else { return nil }
                milliseconds = Int((seconds * 1_000).rounded())
            } else if line.hasPrefix("#EXT-X-BYTERANGE:") {
                guard let (count, start) = Self.range(line.dropFirst("#EXT-X-BYTERANGE:".count)), start == end,
                    let time = milliseconds
                else { return nil }
                segments.append(Segment(byteCount: count, milliseconds: time))
                (milliseconds, end) = (nil, start + count)
            }
        }
        guard let head else { return nil }
        self.init(head: head, segments: segments)
    }

    /// `count@start`.
    private static func range(_ text: Substring) -> (count: Int, start: Int)? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let start = Int(parts[1]), count > 0, start >= 0,
            count < 1 << 40, start < 1 << 40
        else { return nil }
        return (count, start)
    }
}
