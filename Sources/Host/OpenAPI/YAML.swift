// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension JSONValue {
    /// The same value as block-style YAML 1.2; every text is a double-quoted JSON string, which YAML reads as it is.
    ///
    /// JSON is YAML already, but a change of `docs/api-spec.yaml` is read in reviews, and blocks without brackets and commas show
    /// only the lines that changed. A library was rejected: writing what we alone make takes fewer lines than binding one.
    var yaml: String {
        var text = ""
        write(yaml: &text, depth: 0, start: .indented)
        return text
    }

    private enum LineStart {
        case indented
        /// The first member stands on the line of its list's dash.
        case afterDash
    }

    private func write(yaml text: inout String, depth: Int, start: LineStart) {
        let indent = String(repeating: "  ", count: depth)
        switch self {
        case .object(let members) where !members.isEmpty:
            for (index, member) in members.enumerated() {
                text += (index == 0 && start == .afterDash ? "" : indent) + member.name.yamlKey + ":"
                member.value.write(yamlValue: &text, depth: depth)
            }
        case .array(let elements) where !elements.isEmpty:
            for element in elements {
                text += indent + "- "
                switch element {
                case .object(let members) where !members.isEmpty:
                    element.write(yaml: &text, depth: depth + 1, start: .afterDash)
                default: text += element.scalar + "\n"
                }
            }
        default: text += indent + scalar + "\n"
        }
    }

    private func write(yamlValue text: inout String, depth: Int) {
        guard isBlock else {
            text += " " + scalar + "\n"
            return
        }
        text += "\n"
        write(yaml: &text, depth: depth + 1, start: .indented)
    }

    private var isBlock: Bool {
        switch self {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }

    private var scalar: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension String {
    fileprivate var yamlKey: String {
        let isPlain = utf8.allSatisfy { $0.isNameByte || ($0 | 0x20).isLowerLetter } && !utf8.allSatisfy(\.isDigit)
        return isPlain ? self : "\"\(self)\""
    }
}
