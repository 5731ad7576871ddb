// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

/// The texts of this repository.
enum RepositoryText {
    /// Where the repository is.
    static func root(file: String = #filePath) -> URL {
        var root = URL(filePath: file)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root
    }

    /// The text of a file.
    static func file(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root().appending(path: path)), as: UTF8.self)
    }

    /// Whether there is such a file or folder.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root().appending(path: path).path)
    }

    /// The texts below some folders, by path.
    static func files(below folders: [String]) throws -> [(path: String, text: String)] {
        var files: [(path: String, text: String)] = []
        for folder in folders {
            let base = root().appending(path: folder)
            for path in try FileManager.default.subpathsOfDirectory(atPath: base.path) {
                let file = base.appending(path: path)
                guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
                files.append((folder + "/" + path, String(decoding: try Data(contentsOf: file), as: UTF8.self)))
            }
        }
        return files
    }

    /// The names of all tests, each as often as there is one.
    static func testNames() throws -> [String] {
        try files(below: ["Tests"]).filter { $0.path.hasSuffix(".swift") }.flatMap { testNames(in: $0.text) }
    }

    /// The names of the tests in a source: what stands in backticks behind `func`.
    static func testNames(in source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            guard let start = line.firstRange(of: "func `")?.upperBound else { return nil }
            let name = line[start...].prefix { $0 != "`" }
            return name.endIndex < line.endIndex ? String(name) : nil
        }
    }

    /// What looks like a private key or a key of a service, but for its end.
    static func secrets(in text: String) -> [String] {
        var found = text.ranges(of: "PRIVATE KEY-----").map { range in
            String(text[..<range.upperBound].suffix(24))
        }
        for (mark, length) in [("lms_", 48), ("AKIA", 16), ("ghp_", 36), ("xoxb-", 24), ("sk_live_", 24)] {
            for range in text.ranges(of: mark) {
                let tail = text[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
                // A word of letters alone is a name.
                if tail.utf8.count >= length, mark == "AKIA" || tail.contains(where: \.isNumber) {
                    found.append(mark + tail.prefix(4))
                }
            }
        }
        return found
    }
}
