// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Captions as WebVTT (W3C), read and written anew: cues and nothing else, so that what styles or comments say is not passed on.
public struct MediaCaptions: Sendable, Equatable {
    /// The language as a tag (RFC 5646), such as `en` or `ar-EG`.
    public let language: String
    /// What players call them, 1–100 characters.
    public let label: String
    let cues: [Cue]

    struct Cue: Sendable, Equatable {
        let start: Int
        let end: Int
        let settings: String
        let lines: [String]
    }

    /// The most languages in which a medium has captions.
    public static let languageLimit = 40
    /// The most cues.
    public static let limit = 10_000
    /// The most bytes.
    public static let lengthLimit = 512 * 1_024

    /// Reads captions.
    ///
    /// - Parameters:
    ///   - text: WebVTT.
    ///   - language: Their language.
    ///   - label: What players call them.
    /// - Throws: `MediaError.invalidCaptions` with the line that is none, from 1.
    public init(text: String, language: String, label: String) throws(MediaError) {
        guard text.utf8.count <= Self.lengthLimit else { throw .invalidCaptions(line: 1) }
        var reader = Reader(text)
        cues = try reader.cues()
        self.language = language
        self.label = label
    }

    /// The captions as they are stored.
    var bytes: [UInt8] {
        var text = "WEBVTT\n"
        for cue in cues {
            text +=
                "\n\(Self.time(cue.start)) --> \(Self.time(cue.end))\(cue.settings.isEmpty ? "" : " ")\(cue.settings)\n"
            for line in cue.lines { text += line + "\n" }
        }
        return Array(text.utf8)
    }

    private static func time(_ milliseconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let fraction = (rest < 100 ? "0" : "") + two(rest)
        return "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(fraction)"
    }
}

/// Reads WebVTT line by line.
private struct Reader {
    let lines: [Substring]
    var next = 0

    init(_ text: String) {
        let plain = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        lines = plain.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    private var refusal: MediaError { .invalidCaptions(line: next + 1) }

    mutating func cues() throws(MediaError) -> [MediaCaptions.Cue] {
        guard let first = lines.first, first == "WEBVTT" || first.hasPrefix("WEBVTT ") || first.hasPrefix("WEBVTT\t")
        else { throw refusal }
        next = 1
        skipBlock()
        var cues: [MediaCaptions.Cue] = []
        while next < lines.count {
            if lines[next].isEmpty {
                next += 1
            } else if ["NOTE", "STYLE", "REGION"].contains(where: isHeading) {
                skipBlock()
            } else {
                let cue = try cue()
                guard cue.start >= cues.last?.start ?? 0, cues.count < MediaCaptions.limit else { throw refusal }
                cues.append(cue)
            }
        }
        guard !cues.isEmpty else { throw refusal }
        return cues
    }

    private func isHeading(_ word: String) -> Bool {
        lines[next] == word || lines[next].hasPrefix(word + " ") || lines[next].hasPrefix(word + "\t")
    }

    private mutating func skipBlock() {
        while next < lines.count, !lines[next].isEmpty { next += 1 }
    }

    private mutating func cue() throws(MediaError) -> MediaCaptions.Cue {
        // A name stands on a line of its own before the times.
        if !lines[next].contains("-->") { next += 1 }
        guard next < lines.count, let arrow = lines[next].firstRange(of: "-->") else { throw refusal }
        let words = lines[next][arrow.upperBound...].split { $0 == " " || $0 == "\t" }
        guard let start = time(lines[next][..<arrow.lowerBound]), let end = words.first.flatMap(time), end > start,
            words.dropFirst().allSatisfy(isSetting)
        else { throw refusal }
        let settings = words.dropFirst().joined(separator: " ")
        next += 1
        var text: [String] = []
        while next < lines.count, !lines[next].isEmpty {
            guard !lines[next].contains("-->") else { throw refusal }
            text.append(String(lines[next]))
            next += 1
        }
        return MediaCaptions.Cue(start: start, end: end, settings: settings, lines: text)
    }

    private func isSetting(_ word: Substring) -> Bool {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, ["vertical", "line", "position", "size", "align"].contains(parts[0]) else {
            return false
        }
        return !parts[1].isEmpty
            && parts[1].utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "%,.-".utf8.contains(byte)
            }
    }

    /// Hours, if there are any, minutes, seconds and thousandths.
    private func time(_ text: Substring) -> Int? {
        let parts = text.filter { $0 != " " && $0 != "\t" }.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let last = parts.last else { return nil }
        let seconds = last.split(separator: ".", omittingEmptySubsequences: false)
        guard seconds.count == 2, seconds[0].count == 2, seconds[1].count == 3, let whole = number(seconds[0]),
            let rest = number(seconds[1]), whole < 60, let minutes = number(parts[parts.count - 2]), minutes < 60,
            let hours = parts.count == 3 ? number(parts[0]) : 0
        else { return nil }
        return ((hours * 60 + minutes) * 60 + whole) * 1_000 + rest
    }

    private func number(_ digits: some StringProtocol) -> Int? {
        guard (1...4).contains(digits.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits)
    }
}
