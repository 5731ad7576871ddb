// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What is known of a stored file.
public struct CourseFile: Sendable, Identifiable, Equatable {
    /// The file's identifier.
    public let id: StoredFile.ID
    /// The course that it belongs to.
    public let course: Course.ID
    /// The name that readers see.
    public let name: String
    /// What it is, such as `image/png`; decided by the server.
    public let mediaType: String
    /// How long it is.
    public let byteCount: Int
}

/// The media types that the server vouches for, by the ending of a name.
package enum MediaType {
    private static let known: [String: String] = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "svg": "image/svg+xml",
        "pdf": "application/pdf", "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "ogg": "audio/ogg",
        "wav": "audio/wav", "vtt": "text/vtt", "txt": "text/plain", "csv": "text/csv", "zip": "application/zip",
    ]

    /// What a browser might run (HTML, XML, scripts) is plain bytes.
    ///
    /// SVG has to have its type to be shown in a page, where it
    /// runs nothing; opened by itself it is saved, under a policy without scripts.
    static func of(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return known[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }
}
