// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSKit

/// Tells files apart by their first bytes, where the platform asks libmagic.
public struct PlainContentTypes: ContentTypes {
    private static let beginnings: [(String, String)] = [
        ("\u{89}PNG", "image/png"), ("\u{FF}\u{D8}\u{FF}", "image/jpeg"),
        ("RIFF", "image/webp"), ("GIF8", "image/gif"), ("%PDF-", "application/pdf"),
        ("PK\u{3}\u{4}", "application/zip"),
        ("<svg", "image/svg+xml"), ("WEBVTT", "text/vtt"), ("<html", "text/html"), ("MZ", "application/x-dosexec"),
    ]

    /// Makes one.
    public init() {}

    /// Looks at the beginning of a file.
    public func mediaType(of head: [UInt8]) async throws(ContentTypesError) -> String {
        for (beginning, type) in Self.beginnings
        where head.starts(with: beginning.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) { return type }
        return String(validating: head, as: UTF8.self) == nil ? "application/octet-stream" : "text/plain"
    }
}
