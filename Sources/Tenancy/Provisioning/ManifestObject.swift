// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One object of a declared tenant, which says where in which file something is wrong.
struct ManifestObject {
    private let json: JSONValue
    private let file: String
    private let path: String

    init(_ json: JSONValue, file: String, path: String) {
        self.json = json
        self.file = file
        self.path = path
    }

    func error(_ field: String, _ message: String) -> ManifestError {
        let full = path.isEmpty || field.isEmpty ? path + field : "\(path).\(field)"
        return ManifestError(file: file, field: full, message: message)
    }

    func allow(_ fields: [String]) throws(ManifestError) {
        guard case .object(let members) = json else { throw error("", "write an object: { … }") }
        for member in members where !fields.contains(member.name) {
            throw error(member.name, "unknown field; known are \(fields.joined(separator: ", "))")
        }
    }

    func text(_ field: String, length: ClosedRange<Int>) throws(ManifestError) -> String {
        guard let text = try optionalText(field) else { throw error(field, "is missing") }
        guard length.contains(text.count) else {
            throw error(field, "write \(length.lowerBound) to \(length.upperBound) characters")
        }
        return text
    }

    func optionalText(_ field: String) throws(ManifestError) -> String? {
        switch json[field] {
        case nil: return nil
        case .string(let text): return text
        default: throw error(field, "write a text in quotes")
        }
    }

    func optionalFlag(_ field: String) throws(ManifestError) -> Bool? {
        switch json[field] {
        case nil: return nil
        case .bool(let flag): return flag
        default: throw error(field, "write true or false")
        }
    }

    func optionalInteger(_ field: String, _ range: ClosedRange<Int>) throws(ManifestError) -> Int? {
        guard let value = json[field] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw error(field, "write a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func texts(_ field: String, length: ClosedRange<Int>) throws(ManifestError) -> [String] {
        var texts: [String] = []
        for (index, value) in try array(field).enumerated() {
            guard case .string(let text) = value, length.contains(text.count) else {
                throw error(
                    "\(field)[\(index)]",
                    "write \(length.lowerBound) to \(length.upperBound) characters in quotes"
                )
            }
            texts.append(text)
        }
        return texts
    }

    func object(_ field: String) throws(ManifestError) -> ManifestObject? {
        guard let value = json[field] else { return nil }
        return ManifestObject(value, file: file, path: path.isEmpty ? field : "\(path).\(field)")
    }

    func objects(_ field: String) throws(ManifestError) -> [ManifestObject] {
        try array(field).enumerated().map { index, value in
            ManifestObject(value, file: file, path: "\(path.isEmpty ? "" : path + ".")\(field)[\(index)]")
        }
    }

    private func array(_ field: String) throws(ManifestError) -> [JSONValue] {
        switch json[field] {
        case nil: return []
        case .array(let values): return values
        default: throw error(field, "write a list: [ … ]")
        }
    }
}
