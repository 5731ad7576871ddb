// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation

/// A file that programs which are not ours read: poppler, qpdf and zbar.
public final class PaperReader {
    private let directory: URL
    private let path: String

    /// Keeps a file for as long as it is read.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - name: What its programs know its kind by.
    /// - Throws: If it cannot be written.
    public init(_ bytes: [UInt8], _ name: String = "paper.pdf") throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "lms-paper-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: name)
        try Data(bytes).write(to: file)
        path = file.path
    }

    deinit {
        // Left behind in the temporary directory if it fails.
        try? FileManager.default.removeItem(at: directory)
    }

    /// The lines of a PDF's text as `pdftotext` gives them, made comparable.
    ///
    /// poppler wraps what is read from the right in embeddings (U+202A…U+202C), and cairo gives lam with alef as the one
    /// letter that Unicode has for both; NFKC makes two of it.
    public var lines: [String] {
        get throws {
            try run("pdftotext", [path, "-"]).split(whereSeparator: { "\n\u{C}".contains($0) }).map { line in
                let scalars = line.unicodeScalars.filter { !(0x202A...0x202C).contains($0.value) }
                return String(String.UnicodeScalarView(scalars)).precomposedStringWithCompatibilityMapping
                    .trimmingCharacters(in: .whitespaces)
            }
        }
    }

    /// The columns of `pdffonts`, from the right: generation, object, has a table to Unicode, subset, embedded, encoding.
    public var fonts: [[Substring]] {
        get throws {
            try run("pdffonts", [path]).split(separator: "\n").dropFirst(2).map { $0.split(separator: " ").reversed() }
        }
    }

    /// The corners of each word, in points from the page's upper left corner.
    public var words: [(text: String, left: Double, top: Double, right: Double, bottom: Double)] {
        get throws {
            try run("pdftotext", ["-bbox", path, "-"]).split(separator: "\n").compactMap { line in
                guard line.contains("<word") else { return nil }
                let parts = line.split(separator: "\"")
                let text = parts.last.map { $0.dropFirst().prefix { $0 != "<" } } ?? ""
                let corners = stride(from: 1, to: 8, by: 2).compactMap { parts.count > $0 ? Double(parts[$0]) : nil }
                guard corners.count == 4 else { throw TestFailure("no word of pdftotext: \(line)") }
                return (String(text), corners[0], corners[1], corners[2], corners[3])
            }
        }
    }

    /// What `pdfinfo` says.
    public var information: String { get throws { try run("pdfinfo", [path]) } }

    /// What `qpdf --check` says; it fails if the structure is not sound.
    public var check: String { get throws { try run("qpdf", ["--check", path]) } }

    /// What a QR code on the first page holds, photographed at 110 dots an inch.
    public var code: String {
        get throws {
            let image = directory.appending(path: "page").path
            _ = try run("pdftoppm", ["-r", "110", "-png", "-singlefile", path, image])
            return try run("zbarimg", ["--quiet", "--raw", image + ".png"]).trimmingCharacters(in: .newlines)
        }
    }

    /// What a QR code in an image holds.
    public var codeInImage: String {
        get throws { try run("zbarimg", ["--quiet", "--raw", path]).trimmingCharacters(in: .newlines) }
    }

    /// The content of an attached file.
    ///
    /// - Parameter name: The file's.
    /// - Returns: Its bytes.
    /// - Throws: If there is none.
    public func attachment(_ name: String) throws -> [UInt8] {
        let target = directory.appending(path: "attached")
        _ = try run("pdfdetach", ["-savefile", name, "-o", target.path, path])
        return try Array(Data(contentsOf: target))
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        // zbar tells of a desktop that is not there.
        let (text, status) = try Program.run(program, arguments, hasErrors: false)
        guard status == 0 else { throw TestFailure("\(program) failed: \(text)") }
        return text
    }
}
