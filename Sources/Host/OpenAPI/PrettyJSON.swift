// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension JSONValue {
    /// The text with a line for each member, two spaces deep.
    var indented: String {
        var text = ""
        write(to: &text, depth: 0)
        return text + "\n"
    }

    private func write(to text: inout String, depth: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            text += "["
            for (index, element) in elements.enumerated() {
                text += index == 0 ? "\n" : ",\n"
                text += String(repeating: "  ", count: depth + 1)
                element.write(to: &text, depth: depth + 1)
            }
            text += "\n" + String(repeating: "  ", count: depth) + "]"
        case .object(let members) where !members.isEmpty:
            text += "{"
            for (index, member) in members.enumerated() {
                text += index == 0 ? "\n" : ",\n"
                text += String(repeating: "  ", count: depth + 1)
                JSONValue.string(member.name).write(to: &text, depth: 0)
                text += ": "
                member.value.write(to: &text, depth: depth + 1)
            }
            text += "\n" + String(repeating: "  ", count: depth) + "}"
        default:
            var writer = JSONWriter()
            writer.value(self)
            text += String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}
