// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension OLXReader {
    /// Elements that only group others; they are kept with their source, and followed by what they group.
    private static let wrappers: Set<String> = [
        "library_content", "itembank", "conditional", "split_test", "randomize", "problemset", "vertical", "wrapper",
    ]
    private static let depthLimit = 8

    /// The blocks that one element of a vertical becomes: one, or a wrapper with those it groups.
    mutating func blocks(
        of element: MarkupElement,
        _ place: Place,
        ancestors: [String]
    ) throws(CourseImportError) -> [ImportedBlock] {
        let name = element["url_name"]
        let found: (element: MarkupElement, place: Place)?
        do {
            found = try definition(of: element, place)
        } catch .malformed(let path, let line, let reason) {
            report.add(.brokenFile, path, "line \(line): \(reason)")
            let source = String(decoding: (try? bytes(path)) ?? [], as: UTF8.self)
            return [block(.opaque(kind: element.name, source: source), name, path)]
        }
        guard let (definition, inside) = found else {
            if element.name == "html", let name, let text = try text("html/\(OLXReader.fileName(name)).html") {
                return [html(text, name, "html/\(OLXReader.fileName(name)).html")]
            }
            let file = OLXReader.fileName(name ?? "")
            report.add(.missingFile, place.path, "line \(element.line) names \(element.name)/\(file).xml")
            return [block(.opaque(kind: element.name, source: place.document.source(of: element)), name, place.path)]
        }
        let source = inside.document.source(of: definition)
        switch definition.name {
        case "html": return [try markup(definition, inside, name)]
        case "video": return [video(definition, inside, name)]
        case "problem":
            collectAssets(in: source, of: inside.path)
            return [block(.problem(kind: definition.responseKind, source: source), name, inside.path)]
        case "pdf":
            if let file = file(definition, inside, name) { return [file] }
        default: break
        }
        collectAssets(in: source, of: inside.path)
        report.add(.opaqueBlock, inside.path, "line \(definition.line): <\(definition.name)>")
        var blocks = [block(.opaque(kind: definition.name, source: source), name, inside.path)]
        let key = "\(definition.name)/\(name ?? "")"
        guard Self.wrappers.contains(definition.name), ancestors.count < Self.depthLimit, !ancestors.contains(key)
        else {
            return blocks
        }
        for child in definition.elements where child["url_name"] != nil {
            blocks += try self.blocks(of: child, inside, ancestors: ancestors + [key])
        }
        return blocks
    }

    private mutating func markup(
        _ element: MarkupElement,
        _ place: Place,
        _ name: String?
    ) throws(CourseImportError) -> ImportedBlock {
        guard element.isEmpty else { return html(element.innerHTML, name, place.path) }
        let file = "html/\(OLXReader.fileName(element["filename"] ?? name ?? "")).html"
        guard let text = try text(file) else {
            if element["filename"] == nil { return html("", name, place.path) }
            report.add(.missingFile, place.path, "line \(element.line) names \(file)")
            let source = place.document.source(of: element)
            return block(.opaque(kind: "html", source: source), name, place.path)
        }
        return html(text, name, file)
    }

    private mutating func html(_ text: String, _ name: String?, _ path: String) -> ImportedBlock {
        collectAssets(in: text, of: path)
        let dropped = HTMLSanitizer.droppedElements(in: text)
        if !dropped.isEmpty { report.add(.reducedBlock, path, "removed: " + dropped.sorted().joined(separator: ", ")) }
        return block(.html(HTMLSanitizer().sanitize(text)), name, path)
    }

    private mutating func video(_ element: MarkupElement, _ place: Place, _ name: String?) -> ImportedBlock {
        let source = place.document.source(of: element)
        collectAssets(in: source, of: place.path)
        guard let (address, provider) = element.videoSource else {
            report.add(.opaqueBlock, place.path, "line \(element.line): <video> that names no video")
            return block(.opaque(kind: "video", source: source), name, place.path)
        }
        let extras = Set(element.elements.map(\.name)).subtracting(["video_asset", "source"]).sorted()
        if !extras.isEmpty { report.add(.reducedBlock, place.path, "not kept: " + extras.joined(separator: ", ")) }
        let seconds = element.elements.first { $0.name == "video_asset" }?["duration"].flatMap(Double.init)
        let duration = seconds.flatMap { $0 >= 1 && $0 < 1_000_000 ? Int($0) : nil }
        return block(.video(source: address, provider: provider, durationSeconds: duration), name, place.path)
    }

    private mutating func file(_ element: MarkupElement, _ place: Place, _ name: String?) -> ImportedBlock? {
        guard let asset = element["url"].flatMap(OLXAssets.name(ofAddress:)), exists("static/" + asset) else {
            return nil
        }
        collectAssets(in: place.document.source(of: element), of: place.path)
        return block(.file(path: top + "static/" + asset, name: element["display_name"]), name, place.path)
    }

    private func block(_ content: ImportedBlock.Content, _ name: String?, _ path: String) -> ImportedBlock {
        ImportedBlock(content: content, name: name, path: path)
    }
}
