// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Where an element stands.
struct Place {
    let document: MarkupDocument
    let path: String
}

extension OLXReader {
    func exists(_ path: String) -> Bool {
        sizes[top + path] != nil
    }

    /// Reads a file that the course cannot do without.
    mutating func document(_ path: String) throws(CourseImportError) -> MarkupDocument {
        guard exists(path) else { throw .missing(path: path) }
        do {
            return try XMLReader.read(try bytes(path))
        } catch let error as MarkupError {
            throw .malformed(path: path, line: error.line, reason: error.reason)
        } catch let error as CourseImportError {
            throw error
        } catch {
            throw .missing(path: path)
        }
    }

    mutating func bytes(_ path: String) throws(CourseImportError) -> [UInt8] {
        visited.insert(top + path)
        guard sizes[top + path, default: 0] <= Self.documentLimit else {
            throw .malformed(path: path, line: 1, reason: "is larger than \(Self.documentLimit) bytes")
        }
        do {
            return try files.read(top + path)
        } catch {
            throw .archive(error)
        }
    }

    /// The text of a file; `nil` if it is not there or not UTF-8.
    mutating func text(_ path: String) throws(CourseImportError) -> String? {
        guard exists(path) else { return nil }
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            report.add(.brokenFile, path, "is not UTF-8")
            return nil
        }
        return text
    }

    /// OLX writes the colons of a name as directories.
    static func fileName(_ name: String) -> String {
        name.split(separator: ":").filter { $0 != ".." && $0 != "." }.joined(separator: "/")
    }

    /// The properties that the course's policy overrides.
    mutating func policy(of run: String?) -> [String: String] {
        guard let run else { return [:] }
        let path = "policies/\(OLXReader.fileName(run))/policy.json"
        guard exists(path), let bytes = try? bytes(path) else { return [:] }
        guard let json = try? JSONValue.parse(bytes), case .object(let members) = json else {
            report.add(.brokenFile, path, "is not a JSON object")
            return [:]
        }
        guard case .object(let properties)? = members.first(where: { $0.name == "course/\(run)" })?.value else {
            return [:]
        }
        var policy: [String: String] = [:]
        for property in properties {
            if case .string(let text) = property.value, !text.isEmpty { policy[property.name] = text }
        }
        return policy
    }

    /// The description, from what the course says about itself.
    mutating func description() -> String {
        let parts = ["about/short_description.html", "about/overview.html"].compactMap { path -> String? in
            guard exists(path), let bytes = try? bytes(path) else { return nil }
            let text = HTMLSanitizer.text(of: String(decoding: bytes, as: UTF8.self))
            return text.isEmpty ? nil : text
        }
        let text = parts.joined(separator: "\n\n")
        guard text.unicodeScalars.count > 20_000 else { return text }
        report.add(.reducedBlock, "about/overview.html", "the description was cut to 20,000 characters")
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(20_000)))
    }

    /// Notes which files a source names as `/static/…`.
    mutating func collectAssets(in source: String, of path: String) {
        for name in OLXAssets.names(in: source) {
            let asset = "static/" + name
            if exists(asset) {
                if visited.insert(top + asset).inserted { assets.append(top + asset) }
            } else if visited.insert("missing:" + asset).inserted {
                report.add(.missingAsset, path, asset)
            }
        }
    }
}
