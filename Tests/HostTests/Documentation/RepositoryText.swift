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
    ///
    /// In bytes: a search through characters takes minutes for the whole repository.
    static func secrets(in text: String) -> [String] {
        let bytes = Data(text.utf8)
        var found = ends(of: "PRIVATE KEY-----", in: bytes).map { end in
            String(decoding: bytes[..<end].suffix(24), as: UTF8.self)
        }
        for (mark, length) in [("lms_", 48), ("AKIA", 16), ("ghp_", 36), ("xoxb-", 24), ("sk_live_", 24)] {
            for end in ends(of: mark, in: bytes) {
                let tail = bytes[end...].prefix { isLetter($0) || isDigit($0) }
                // A word of letters alone is a name.
                if tail.count >= length, mark == "AKIA" || tail.contains(where: isDigit) {
                    found.append(mark + String(decoding: tail.prefix(4), as: UTF8.self))
                }
            }
        }
        return found
    }

    private static func ends(of mark: String, in bytes: Data) -> [Data.Index] {
        var (found, start): ([Data.Index], Data.Index) = ([], bytes.startIndex)
        while let range = bytes.range(of: Data(mark.utf8), in: start..<bytes.endIndex) {
            found.append(range.upperBound)
            start = range.upperBound
        }
        return found
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
