// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Reads a course in Open edX's OLX.
public enum OLX {
    /// Reads a course.
    ///
    /// Chapters become modules, verticals become lessons, and every block of a vertical becomes a block, in order. What
    /// has no counterpart is kept with its source and reported. Nothing is read outside the files, and no document type
    /// or entity is accepted.
    ///
    /// - Parameter files: The course's files.
    /// - Returns: The course.
    /// - Throws: `CourseImportError.noCourse`, `.missing` or `.malformed` if what holds the course together is broken.
    public static func read(_ files: any CourseFiles) throws(CourseImportError) -> ImportedCourse {
        var reader = try OLXReader(files)
        return try reader.course()
    }
}

/// The state of reading one course.
struct OLXReader {
    /// The largest file that is read as a part of the course's structure or text.
    static let documentLimit = 8_000_000
    let files: any CourseFiles
    let sizes: [String: Int]
    /// What leads every path: empty, or the archive's only top directory with a slash.
    let top: String
    var report = CourseImportReport()
    var visited: Set<String> = []
    var assets: [String] = []

    init(_ files: any CourseFiles) throws(CourseImportError) {
        self.files = files
        sizes = files.sizes
        if sizes["course.xml"] != nil {
            top = ""
        } else {
            let tops = Set(sizes.keys.map { $0.prefix { $0 != "/" } })
            guard tops.count == 1, let only = tops.first, sizes["\(only)/course.xml"] != nil else { throw .noCourse }
            top = only + "/"
        }
    }

    mutating func course() throws(CourseImportError) -> ImportedCourse {
        let start = try document("course.xml")
        guard start.root.name == "course" else {
            throw .malformed(
                path: "course.xml",
                line: start.root.line,
                reason: "the root is <\(start.root.name)>, not <course>"
            )
        }
        let run = start.root["url_name"]
        var (course, path, source) = (start.root, "course.xml", start)
        if course.elements.isEmpty, let run {
            path = "course/\(OLXReader.fileName(run)).xml"
            guard exists(path) else { throw .missing(path: path) }
            source = try document(path)
            course = source.root
        }
        let policy = policy(of: run)
        var imported = ImportedCourse(
            title: policy["display_name"] ?? course["display_name"] ?? start.root["course"] ?? run ?? "Course",
            description: description(),
            language: policy["language"] ?? course["language"],
            modules: [],
            assets: [],
            report: report
        )
        for child in course.elements {
            if child.name == "chapter" || child.name == "sequential" || child.name == "vertical" {
                imported.modules.append(try module(child, Place(document: source, path: path)))
            } else {
                report.add(.notImported, path, "<\(child.name)>: \(source.source(of: child))")
            }
        }
        finish(&imported)
        return imported
    }

    private mutating func finish(_ course: inout ImportedCourse) {
        for path in sizes.keys.sorted() where !visited.contains(path) {
            report.add(.notImported, String(path.dropFirst(top.count)), "nothing that was imported names it")
        }
        report.modules = course.modules.count
        report.lessons = course.lessonCount
        for block in course.blocks { report.blocks[block.content.kind, default: 0] += 1 }
        course.assets = assets
        course.report = report
    }
}

extension ImportedBlock.Content {
    /// The kind of block, as reports and lessons name it.
    public var kind: String {
        switch self {
        case .html: "html"
        case .video: "video"
        case .file: "file"
        case .problem: "problem"
        case .opaque: "opaque"
        }
    }
}
