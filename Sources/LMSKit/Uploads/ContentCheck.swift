// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Looks at a whole file: whether it is what its name says and nothing else besides.
struct ContentCheck {
    let reader: any BlobReader
    let use: FileUpload.Use
    /// The ending of its name.
    let ending: String

    /// How much of a file is looked at to tell its type.
    static let headSize = 256 * 1024
    /// The longest drawing; it is read at once.
    private static let drawingLimit = 1 << 20

    /// Why a file is not taken, or what failed.
    enum Failure: Error, Equatable {
        case refused(FileUpload.Refusal)
        case store(BlobError)
        case types(ContentTypesError)
        case malware(MalwareName)
        case scanner(MalwareScannerError)
        /// Pictures cannot be read now.
        case pictures(MediaWorkError)
    }

    /// Looks at the file.
    ///
    /// - Parameter types: Tells types apart.
    /// - Returns: The type that the file gets.
    /// - Throws: `Failure`.
    func run(_ types: any ContentTypes) async throws(Failure) -> String {
        guard let rule = ContentRule.of(ending: ending, for: use) else { throw .refused(.type) }
        let head = try await bytes(0..<min(Self.headSize, reader.byteCount))
        let told: String
        do {
            told = try await types.mediaType(of: head)
        } catch {
            throw .types(error)
        }
        guard rule.allows(told) else {
            let isOther = ContentRule.endings(for: use).contains {
                ContentRule.of(ending: $0, for: use)?.allows(told) == true
            }
            throw .refused(isOther ? .mismatch : .type)
        }
        if case .archive(let folder) = rule.form {
            try await ArchiveCheck(read: bytes, byteCount: reader.byteCount).run(holding: folder)
        } else {
            try await requireEnd(of: rule, head)
        }
        return rule.mediaType
    }

    private func bytes(_ range: Range<Int>) async throws(Failure) -> [UInt8] {
        do {
            return try await reader.bytes(range)
        } catch {
            throw .store(error)
        }
    }

    /// Refuses what goes on after the end of an image, what is an archive besides, and documents that run something.
    private func requireEnd(of rule: ContentRule, _ head: [UInt8]) async throws(Failure) {
        let count = reader.byteCount
        let end = try await bytes(max(0, count - ArchiveCheck.endLimit)..<count)
        guard ArchiveCheck.end(in: end) == nil else { throw .refused(.polyglot) }
        let isWhole =
            switch rule.form {
            case .png: end.hasSuffix([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
            case .jpeg: end.hasSuffix([0xFF, 0xD9])
            case .gif: end.hasSuffix([0x3B])
            case .webp: head.count >= 12 && Int(head.littleEndian(at: 4, count: 4)) + 8 == count
            case .webVTT: head.starts(with: "WEBVTT".utf8) || head.starts(with: "\u{FEFF}WEBVTT".utf8)
            case .other: rule.mediaType != "application/pdf" || head.starts(with: "%PDF-".utf8)
            case .svg, .archive: true
            }
        guard isWhole else { throw .refused(rule.form == .webVTT ? .type : .polyglot) }
        guard rule.form == .svg else { return }
        guard count <= Self.drawingLimit else { throw .refused(.active) }
        guard DrawingCheck.isStill(try await bytes(0..<count)) else { throw .refused(.active) }
    }
}

extension ContentRule {
    /// Texts are told apart by guessing; none of them is more than text to whoever gets it.
    func allows(_ type: String) -> Bool {
        told.contains(type) || (mediaType.hasPrefix("text/") && type.hasPrefix("text/"))
    }
}

/// Whether an SVG drawing draws and does nothing else.
enum DrawingCheck {
    private static let refused: Set<String> = [
        "script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "set", "animate",
        "animatetransform", "animatemotion", "audio", "video", "image", "feimage",
    ]

    /// Reads the drawing; what cannot be read or has a document type is none.
    static func isStill(_ bytes: [UInt8]) -> Bool {
        do {
            let root = try XMLReader.read(bytes).root
            return local(root.name) == "svg" && isStill(root)
        } catch {
            return false
        }
    }

    private static func isStill(_ element: MarkupElement) -> Bool {
        guard !refused.contains(local(element.name)), element.attributes.allSatisfy(isStill) else { return false }
        return element.children.allSatisfy { child in
            switch child {
            case .element(let inner): isStill(inner)
            case .text(let text): local(element.name) != "style" || isStill(text)
            }
        }
    }

    private static func isStill(_ attribute: MarkupAttribute) -> Bool {
        let (name, value) = (local(attribute.name), attribute.value)
        if name.hasPrefix("on") { return false }
        if name == "href" || name == "src" { return value.hasPrefix("#") }
        // Namespaces are addresses that nobody fetches.
        if attribute.name == "xmlns" || attribute.name.hasPrefix("xmlns:") { return true }
        return isStill(value)
    }

    /// What a style or an attribute says loads nothing and runs nothing.
    private static func isStill(_ text: String) -> Bool {
        // An escape in a style is a letter that is not seen here.
        let text = text.lowercased().filter { !$0.isWhitespace }
        guard !text.contains("javascript:"), !text.contains("@import"), !text.contains("\\") else { return false }
        return text.replacing("url(#", with: "").replacing("url('#", with: "").replacing("url(\"#", with: "").contains(
            "url("
        )
            == false
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":").last?.lowercased() ?? ""
    }
}

extension [UInt8] {
    func hasSuffix(_ other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }

    func littleEndian(at index: Int, count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(self[index + $1]) << (8 * $1) }
    }
}
