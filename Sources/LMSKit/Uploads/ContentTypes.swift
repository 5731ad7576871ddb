// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Tells what a file is by its bytes, whatever it is called.
public protocol ContentTypes: Sendable {
    /// Looks at the beginning of a file, off the event loops.
    ///
    /// - Parameter head: Its first bytes, at most 1 MiB.
    /// - Returns: A media type in lower case without parameters; `application/octet-stream` for what is not known.
    /// - Throws: `ContentTypesError`.
    func mediaType(of head: [UInt8]) async throws(ContentTypesError) -> String
}

/// Why a file's type could not be told.
@nonexhaustive
public enum ContentTypesError: Error, Sendable, Equatable {
    /// Too much waits; try again in a second.
    case busy
    /// What tells types apart cannot be used.
    case unavailable(reason: String)
}

/// What may be uploaded for a use: the ending of a name, the types that its content may be told to be, and the type that the file gets.
struct ContentRule: Sendable {
    let mediaType: String
    /// What tells types apart may say.
    let told: Set<String>
    let form: Form

    /// How a content is looked at besides.
    enum Form: Sendable, Hashable {
        case png, jpeg, gif, webp
        case svg
        case webVTT
        /// What has to be in an archive, for documents that are archives.
        case archive(holding: String?)
        /// Nothing that follows the last byte could be told from what belongs to it.
        case other
    }

    private init(_ mediaType: String, _ told: [String] = [], _ form: Form = .other) {
        self.mediaType = mediaType
        self.told = Set(told + [mediaType])
        self.form = form
    }

    /// The rule for a name's ending; `nil` if it is not taken for the use.
    static func of(ending: String, for use: FileUpload.Use) -> ContentRule? {
        switch use {
        case .caption: ending == "vtt" ? rules[ending] : nil
        case .courseAsset: rules[ending]
        // Drawings are documents that programs run in; what learners hand in is opened by those who grade.
        case .submission: ending == "svg" ? nil : rules[ending]
        }
    }

    static func isTaken(ending: String, for use: FileUpload.Use) -> Bool { of(ending: ending, for: use) != nil }

    /// The endings that are taken for a use, in order.
    static func endings(for use: FileUpload.Use) -> [String] {
        rules.keys.filter { isTaken(ending: $0, for: use) }.sorted()
    }

    private static let office = "application/vnd.openxmlformats-officedocument."
    private static let plain = ContentRule("text/plain")
    private static let jpeg = ContentRule("image/jpeg", [], .jpeg)
    private static let quickTime = ContentRule("video/quicktime", ["video/mp4"])
    private static let webVTT = ContentRule("text/vtt", ["text/plain"], .webVTT)

    private static func document(_ name: String, holding folder: String) -> ContentRule {
        ContentRule("\(office)\(name)", ["application/zip"], .archive(holding: folder))
    }

    private static let rules: [String: ContentRule] = [
        "png": ContentRule("image/png", [], .png), "jpg": jpeg, "jpeg": jpeg,
        "gif": ContentRule("image/gif", [], .gif), "webp": ContentRule("image/webp", [], .webp),
        "svg": ContentRule("image/svg+xml", [], .svg),
        "pdf": ContentRule("application/pdf"),
        "mp4": ContentRule("video/mp4", ["video/x-m4v", "video/quicktime"]), "mov": quickTime,
        "webm": ContentRule("video/webm"),
        "mp3": ContentRule("audio/mpeg"), "m4a": ContentRule("audio/mp4", ["audio/x-m4a", "video/mp4"]),
        "ogg": ContentRule("audio/ogg", ["application/ogg"]), "wav": ContentRule("audio/wav", ["audio/x-wav"]),
        "vtt": webVTT,
        "txt": plain, "csv": ContentRule("text/csv", ["text/plain", "application/csv"]),
        "zip": ContentRule("application/zip", [], .archive(holding: nil)),
        "docx": document("wordprocessingml.document", holding: "word/"),
        "xlsx": document("spreadsheetml.sheet", holding: "xl/"),
        "pptx": document("presentationml.presentation", holding: "ppt/"),
    ]
}

extension MediaType {
    /// Whether a browser may show a file of the type instead of saving it: what cannot run anything.
    package static func isShown(_ mediaType: String) -> Bool {
        ["image/", "video/", "audio/"].contains { mediaType.hasPrefix($0) } && mediaType != "image/svg+xml"
    }
}

extension CourseFile {
    /// Whether a browser may show it instead of saving it.
    public var isShown: Bool { MediaType.isShown(mediaType) }
}
