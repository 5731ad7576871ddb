// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension OLXReader {
    /// What an element stands for: itself, or the file that it points to.
    ///
    /// - Parameters:
    ///   - element: As its parent holds it.
    ///   - place: Where it stands.
    /// - Returns: The definition with the pointer's own attributes; `nil` if it points to a file that is not there.
    /// - Throws: `CourseImportError.malformed` if that file is not well-formed.
    mutating func definition(
        of element: MarkupElement,
        _ place: Place
    ) throws(CourseImportError) -> (element: MarkupElement, place: Place)? {
        guard element.isEmpty, let name = element["url_name"] else { return (element, place) }
        let path = "\(element.name)/\(OLXReader.fileName(name)).xml"
        guard exists(path) else {
            // An element with more than a name is whole in itself: a poll, a discussion.
            if element.attributes.count > 1 { return (element, place) }
            return nil
        }
        let document = try document(path)
        var merged = document.root
        for attribute in element.attributes where !merged.attributes.contains(where: { $0.name == attribute.name }) {
            merged.attributes.append(attribute)
        }
        return (merged, Place(document: document, path: path))
    }

    mutating func module(_ element: MarkupElement, _ place: Place) throws(CourseImportError) -> ImportedModule {
        guard element.name == "chapter" else {
            let lessons = try section(element, place)
            return ImportedModule(
                title: lessons.first?.section ?? lessons.first?.title ?? element.name,
                lessons: lessons
            )
        }
        guard let (chapter, inside) = try definition(of: element, place) else {
            return ImportedModule(title: missing(element, place), lessons: [])
        }
        var lessons: [ImportedLesson] = []
        for child in chapter.elements { lessons += try section(child, inside) }
        return ImportedModule(title: chapter.title(or: element), lessons: lessons)
    }

    /// The lessons of a sequence, or of what stands in place of one.
    private mutating func section(_ element: MarkupElement, _ place: Place) throws(CourseImportError)
        -> [ImportedLesson]
    {
        guard element.name == "sequential" else { return [try lesson(element, place, section: nil)] }
        guard let (sequence, inside) = try definition(of: element, place) else {
            return [ImportedLesson(title: missing(element, place), section: nil, blocks: [])]
        }
        let title = sequence.title(or: element)
        var lessons: [ImportedLesson] = []
        for child in sequence.elements { lessons.append(try lesson(child, inside, section: title)) }
        return lessons
    }

    /// The lesson of a vertical, or of a block that stands in place of one.
    private mutating func lesson(
        _ element: MarkupElement,
        _ place: Place,
        section: String?
    ) throws(CourseImportError) -> ImportedLesson {
        guard element.name == "vertical" else {
            let blocks = try blocks(of: element, place, ancestors: [])
            return ImportedLesson(title: element.title(or: element), section: section, blocks: blocks)
        }
        guard let (unit, inside) = try definition(of: element, place) else {
            return ImportedLesson(title: missing(element, place), section: section, blocks: [])
        }
        var blocks: [ImportedBlock] = []
        for child in unit.elements { blocks += try self.blocks(of: child, inside, ancestors: []) }
        return ImportedLesson(title: unit.title(or: element), section: section, blocks: blocks)
    }

    private mutating func missing(_ element: MarkupElement, _ place: Place) -> String {
        let name = element["url_name"] ?? element.name
        report.add(
            .missingFile,
            place.path,
            "line \(element.line) names \(element.name)/\(OLXReader.fileName(name)).xml"
        )
        return name
    }
}

extension MarkupElement {
    /// The title that readers see.
    func title(or pointer: MarkupElement) -> String {
        let title = self["display_name"] ?? pointer["display_name"] ?? self["url_name"] ?? pointer["url_name"] ?? name
        let line = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? name : line
    }
}
