// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The parts of a content that a client asks for (RFC 9110 §14).
enum ByteRanges: Equatable {
    /// All of it, also where what is asked for makes no sense or would be more than that.
    case whole
    case one(Range<Int>)
    /// Parts that do not overlap, in the order in which they were asked for.
    case several([Range<Int>])

    /// The most parts that are given at once; who asks for more gets the whole.
    static let limit = 8

    /// What a client says about the parts.
    struct Wish {
        var range: String?
        /// `If-Range`: without this version the whole is sent (§13.1.5); a date is none.
        var ifRange: String?
        /// `If-None-Match`, which is looked at before the range (§13.2.2).
        var ifNoneMatch: String?
    }

    /// Reads what is asked for.
    ///
    /// - Parameters:
    ///   - wish: What the client says.
    ///   - count: How long the content is.
    ///   - etag: The content's version.
    /// - Returns: The parts.
    /// - Throws: `Problem.rangeNotSatisfiable` if none of the content is in the ranges.
    static func wanted(_ wish: Wish, of count: Int, _ etag: ETag) throws(Problem) -> ByteRanges {
        guard let header = wish.range, wish.ifRange.map({ $0 == etag.description }) ?? true,
            !(wish.ifNoneMatch.map { etag.matches($0, .weak) } ?? false),
            header.prefix(6).lowercased() == "bytes="
        else { return .whole }
        var ranges: [Range<Int>] = []
        let elements = header.dropFirst(6).split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
        guard (1...limit).contains(elements.count) else { return .whole }
        for element in elements {
            guard let range = range(element, of: count) else { return .whole }
            if !range.isEmpty { ranges.append(range) }
        }
        switch ranges.count {
        case 0: throw unsatisfiable(count)
        case 1: return .one(ranges[0])
        default: return isDisjoint(ranges) ? .several(ranges) : .whole
        }
    }

    /// One of the ranges, as far as there is content; empty if that is nowhere, `nil` if it is none.
    private static func range(_ text: Substring, of count: Int) -> Range<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else { return nil }
        switch (number(parts[0]), number(parts[1])) {
        case (nil, nil): return nil
        // Some ask for the beginning or the end of everything, and an empty content is all there is of it.
        case (nil, _) where count == 0, (0, _) where count == 0: return nil
        case (nil, let last?): return max(0, count - last)..<count
        case (let first?, let last):
            if let last, last < first { return nil }
            guard first < count else { return count..<count }
            return first..<min(last ?? count, count - 1) + 1
        }
    }

    /// `nil` for an empty text; what is larger than any file is as large as the largest.
    private static func number(_ digits: Substring) -> Int? {
        digits.isEmpty ? nil : Int(digits) ?? .max - 1
    }

    /// Parts that overlap would be more bytes than there are (§17.15).
    private static func isDisjoint(_ ranges: [Range<Int>]) -> Bool {
        let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
        return zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    }

    private static func unsatisfiable(_ count: Int) -> Problem {
        var problem = Problem(.rangeNotSatisfiable)
        problem.contentRange = "bytes */\(count)"
        return problem
    }
}

extension RequestContext {
    /// Which parts of a content are asked for.
    var partWish: ByteRanges.Wish {
        ByteRanges.Wish(range: self["range"], ifRange: self["if-range"], ifNoneMatch: self["if-none-match"])
    }
}

extension ProblemCode {
    static let rangeNotSatisfiable = ProblemCode(
        "RANGE_NOT_SATISFIABLE",
        416,
        en: "The file is shorter than the range that was asked for.",
        es: "El archivo es más corto que el intervalo solicitado.",
        ar: "الملف أقصر من النطاق المطلوب."
    )
}
