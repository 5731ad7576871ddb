// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The part of a content that a client asks for (RFC 9110 §14).
enum ByteRange {
    /// Reads what is asked for.
    ///
    /// - Parameters:
    ///   - count: How long the content is.
    ///   - header: `Range`.
    ///   - condition: `If-Range`: without this version the whole is sent (§13.1.5); a date is none.
    ///   - etag: The content's version.
    /// - Returns: The part; `nil` for the whole, also where several parts are asked for or the field makes no sense.
    /// - Throws: `Problem.rangeNotSatisfiable` if none of the content is in the range.
    static func wanted(
        of count: Int,
        _ header: String?,
        ifRange condition: String?,
        _ etag: ETag
    ) throws(Problem) -> Range<Int>? {
        guard let header, condition.map({ $0 == etag.description }) ?? true else { return nil }
        guard header.prefix(6).lowercased() == "bytes=" else { return nil }
        let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else { return nil }
        switch (number(parts[0]), number(parts[1])) {
        case (nil, nil): return nil
        case (nil, let last?):
            guard last > 0, count > 0 else { throw unsatisfiable(count) }
            return max(0, count - last)..<count
        case (let first?, let last):
            if let last, last < first { return nil }
            guard first < count else { throw unsatisfiable(count) }
            return first..<min(last ?? count, count - 1) + 1
        }
    }

    /// `nil` for an empty text; what is larger than any file is as large as the largest.
    private static func number(_ digits: Substring) -> Int? {
        digits.isEmpty ? nil : Int(digits) ?? .max - 1
    }

    private static func unsatisfiable(_ count: Int) -> Problem {
        var problem = Problem(.rangeNotSatisfiable)
        problem.contentRange = "bytes */\(count)"
        return problem
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
