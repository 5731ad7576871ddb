// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension CurriculumDraft {
    /// The curriculum of an imported course, with its own files named by their new addresses.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - files: The files that were stored, by their path in the archive.
    ///   - quizzes: What its problems became.
    /// - Throws: `CourseImportError.tooLarge` if a block is longer than a block may be.
    init(
        _ course: ImportedCourse,
        files: [String: CourseFile],
        quizzes: ImportedQuizzes
    ) throws(CourseImportError) {
        let sanitizer = HTMLSanitizer(naming: files)
        var drafts: [ModuleDraft] = []
        for (number, module) in course.modules.enumerated() {
            var lessons: [LessonDraft] = []
            for (index, lesson) in module.lessons.enumerated() {
                let place = ImportedQuizzes.Place(module: number, lesson: index)
                var blocks: [LessonBlock] = []
                for (position, block) in lesson.blocks.enumerated() {
                    if let quiz = quizzes.block(position, at: place) {
                        blocks.append(quiz)
                    } else {
                        blocks.append(try LessonBlock(block, files: files, sanitizer: sanitizer))
                    }
                }
                let kind = quizzes.hasQuiz(at: place) ? .quiz : lesson.kind
                lessons.append(LessonDraft(title: lesson.fullTitle, kind: kind, status: .published, blocks: blocks))
            }
            drafts.append(ModuleDraft(title: module.title.cut, lessons: lessons))
        }
        self.init(modules: drafts)
    }
}

extension HTMLSanitizer {
    /// Makes markup harmless in which an imported course's own files are named by their new addresses.
    ///
    /// - Parameter files: The files that were stored, by their path in the archive.
    init(naming files: [String: CourseFile]) {
        let byName = Dictionary(
            files.map { path, file in (path.afterStatic, file) },
            uniquingKeysWith: { first, _ in first }
        )
        self.init { address in
            OLXAssets.name(ofAddress: address).flatMap { byName[$0] }.map { "/api/v1/files/\($0.id)" }
        }
    }
}

extension LessonBlock {
    fileprivate init(
        _ block: ImportedBlock,
        files: [String: CourseFile],
        sanitizer: HTMLSanitizer
    ) throws(CourseImportError) {
        switch block.content {
        case .html(let text): self = .html(sanitizer.sanitize(text))
        case .video(let source, let provider, let seconds):
            self = .video(source: source.storable, provider: provider, durationSeconds: seconds)
        case .file(let path, let name):
            if let file = files[path] {
                self = .file(file.id, name: (name ?? file.name).cut)
            } else {
                self = .opaque(kind: "file", source: path)
            }
        case .problem(let kind, let source): self = .problem(kind: kind.cut, source: source.storable)
        case .opaque(let kind, let source): self = .opaque(kind: kind.cut, source: source.storable)
        }
        guard body.map({ $0.unicodeScalars.count <= LessonBlock.bodyLimit }) ?? true else {
            throw .tooLarge(reason: "\(block.path) holds a block of more than \(LessonBlock.bodyLimit) characters")
        }
    }
}

extension ImportedLesson {
    /// Lessons have no sections of their own, so the sequence's title leads the lesson's.
    var fullTitle: String {
        guard let section, section != title, !title.hasPrefix(section) else { return title.cut }
        return "\(section): \(title)".cut
    }

    /// What a learner does in it, besides a quiz.
    var kind: Lesson.Kind {
        let kinds = Set(blocks.map(\.content.kind))
        return kinds.contains("video") ? .video : kinds == ["file"] ? .document : .reading
    }
}

extension CourseFile {
    init(asset path: String, id: StoredFile.ID, of course: Course.ID, byteCount: Int) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.init(id: id, course: course, name: name.cut, mediaType: MediaType.of(name), byteCount: byteCount)
    }
}

extension String {
    /// At most 255 characters as PostgreSQL counts them, at least one, without NUL.
    fileprivate var cut: String {
        let text = String(String.UnicodeScalarView(storable.unicodeScalars.prefix(255)))
        return text.isEmpty ? "–" : text
    }

    /// The part behind `static/`, by which blocks name a file.
    fileprivate var afterStatic: String {
        if hasPrefix("static/") { return String(dropFirst(7)) }
        let parts = split(separator: "/", maxSplits: 2)
        return parts.count == 3 && parts[1] == "static" ? String(parts[2]) : self
    }
}
