// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

/// What clamd says to one command that began with `z`: a text and a NUL.
struct ClamdReply: Sendable {
    /// The longest one; names of signatures are short.
    static let limit = 4_096

    private(set) var bytes: [UInt8] = []

    /// Adds what was received.
    mutating func append(_ more: ArraySlice<UInt8>) {
        // What is beyond the limit only has to show that there is something.
        bytes += more.prefix(Self.limit + 1 - bytes.count)
    }

    /// Whether nothing more of it comes.
    var isOver: Bool { bytes.last == 0 || bytes.count > Self.limit || bytes.contains(0) }

    /// The text; `nil` if it is cut, too long, not a text, or there is something after it.
    var text: String? {
        guard let end = bytes.firstIndex(of: 0), end == bytes.count - 1, bytes.count <= Self.limit else { return nil }
        return String(validating: bytes[..<end], as: UTF8.self)
    }

    /// What it says of a content.
    ///
    /// - Parameter isWhole: Whether all of the content was sent before it came.
    /// - Returns: The verdict.
    /// - Throws: `MalwareScannerError.failed` for everything that is no verdict on this content.
    func verdict(isWhole: Bool) throws(MalwareScannerError) -> MalwareVerdict {
        guard let text else { throw .failed(reason: bytes.isEmpty ? "clamd hung up" : "the answer is cut or too long") }
        if text == "INSTREAM size limit exceeded. ERROR" { return .beyondLimits }
        let (start, end) = ("stream: ", " FOUND")
        if text.hasPrefix(start), text.hasSuffix(end), text.utf8.count > start.utf8.count + end.utf8.count {
            let name = String(text.dropFirst(start.count).dropLast(end.count))
            // With AlertExceedsMax clamd says so of what it did not look at.
            if name.hasPrefix("Heuristics.Limits.Exceeded") { return .beyondLimits }
            return .found(MalwareName(name) ?? .unknown)
        }
        // Nothing can be known of a content that was not there.
        guard isWhole, text == "stream: OK" else { throw .failed(reason: "the answer makes no sense") }
        return .clean
    }
}
