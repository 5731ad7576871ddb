// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A part of a message (RFC 2046): its fields and what follows them.
struct MailPart {
    let fields: [String: String]
    let body: ArraySlice<Substring>

    /// How deep parts may nest; what is deeper is no part.
    private static let depth = 4
    /// How many parts of a part are read; a report has three.
    private static let count = 20

    init(_ lines: ArraySlice<Substring>) {
        var index = lines.startIndex
        fields = Self.read(lines, from: &index)
        body = lines[min(index + 1, lines.endIndex)...]
    }

    /// The media type, in lower case.
    var type: String {
        (fields["content-type"] ?? "text/plain").prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    }

    /// The parts that hold no parts.
    func leaves(depth: Int) -> [MailPart] {
        guard type.hasPrefix("multipart/"), depth < Self.depth, let boundary = parameter("boundary") else {
            return [self]
        }
        var parts: [MailPart] = []
        var start: Int?
        let delimiter = Array("--\(boundary)".utf8)
        for index in body.indices where body[index].utf8.starts(with: delimiter) {
            if let start { parts.append(MailPart(body[start..<index])) }
            let isLast = body[index].utf8.dropFirst(delimiter.count).starts(with: "--".utf8)
            guard !isLast, parts.count < Self.count else { return parts.flatMap { $0.leaves(depth: depth + 1) } }
            start = index + 1
        }
        // A report that was cut short still has its first parts.
        if let start { parts.append(MailPart(body[start...])) }
        return parts.flatMap { $0.leaves(depth: depth + 1) }
    }

    /// The groups of fields that the body consists of, as in RFC 3464 §2.1.
    var groups: [[String: String]] {
        var groups: [[String: String]] = []
        var index = body.startIndex
        while index < body.endIndex {
            let group = Self.read(body, from: &index)
            if !group.isEmpty { groups.append(group) }
            index += 1
        }
        return groups
    }

    /// The name of our message, if this part returns it or its header.
    var returnedName: MailName? { returned?["message-id"].flatMap { MailName($0) } }

    /// Who the returned message was for.
    var returnedRecipient: Email? {
        returned?["to"].flatMap { Email($0.filter { $0 != "<" && $0 != ">" && $0 != " " }) }
    }

    private var returned: [String: String]? {
        switch type {
        case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers": groups.first
        default: nil
        }
    }

    /// Reads fields up to an empty line, unfolded, by their names in lower case; of a name that occurs twice the first counts.
    private static func read(_ lines: ArraySlice<Substring>, from index: inout Int) -> [String: String] {
        var fields: [String: String] = [:]
        var last: String?
        while index < lines.endIndex, !lines[index].isEmpty {
            let line = lines[index]
            index += 1
            if line.first == " " || line.first == "\t" {
                if let last, let begun = fields[last] { fields[last] = "\(begun) \(line.trimmed)"[...].trimmed }
                continue
            }
            guard let colon = line.firstIndex(of: ":") else {
                last = nil
                continue
            }
            let name = line[..<colon].trimmed.lowercased()
            guard fields[name] == nil else {
                last = nil
                continue
            }
            fields[name] = line[line.index(after: colon)...].trimmed
            last = name
        }
        return fields
    }

    private func parameter(_ name: String) -> String? {
        for part in (fields["content-type"] ?? "").split(separator: ";").dropFirst() {
            guard let equals = part.firstIndex(of: "="), part[..<equals].trimmed.lowercased() == name else { continue }
            let value = part[part.index(after: equals)...].trimmed
            return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : value
        }
        return nil
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
