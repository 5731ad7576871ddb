// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The fields of one part.
struct MultipartHead: Equatable {
    /// The name of the form's field.
    let name: String
    /// The name that the sender gave the file; never used as a path.
    let fileName: String?

    /// Parses the fields of a part, without the empty line.
    init(_ bytes: [UInt8]) throws(MultipartError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("the head of a part is not UTF-8")
        }
        var disposition: [String: String]?
        // By scalars, because Swift takes CR LF for one character.
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: true) {
            guard !line.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }),
                let colon = line.firstIndex(of: ":"), line.first != " "
            else { throw .malformed("the head of a part is malformed") }
            let field = line[..<colon].lowercased()
            guard field == "content-disposition" else { continue }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            guard disposition == nil, value.lowercased().hasPrefix("form-data"),
                let parameters = Self.parameters(of: value)
            else { throw .malformed("a part has no proper Content-Disposition") }
            disposition = parameters
        }
        guard let name = disposition?["name"], (1...100).contains(name.utf8.count) else {
            throw .malformed("a part has no name")
        }
        self.name = name
        fileName = disposition?["filename"]
    }

    /// The parameters behind the first `;`, as tokens or quoted strings; `nil` if they are malformed or repeated.
    static func parameters(of value: String) -> [String: String]? {
        var parameters: [String: String] = [:]
        let bytes = Array(value.utf8)
        var index = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: ";") else { return nil }
            index = bytes[(index + 1)...].firstIndex { $0 != 0x20 } ?? bytes.count
            guard let equals = bytes[index...].firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = String(decoding: bytes[index..<equals], as: UTF8.self).lowercased()
            index = equals + 1
            var text: [UInt8] = []
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                guard let end = quoted(bytes, from: index + 1, into: &text) else { return nil }
                index = end
            } else {
                let end = bytes[index...].firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 } ?? bytes.count
                text = Array(bytes[index..<end])
                index = end
            }
            guard parameters.updateValue(String(decoding: text, as: UTF8.self), forKey: name) == nil else { return nil }
            index = bytes[index...].firstIndex { $0 != 0x20 } ?? bytes.count
        }
        return parameters
    }

    private static func quoted(_ bytes: [UInt8], from start: Int, into text: inout [UInt8]) -> Int? {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\""):
                text.append(UInt8(ascii: "\""))
                index += 2
            default:
                text.append(bytes[index])
                index += 1
            }
        }
        return nil
    }

    /// RFC 2046 §5.1.1.
    static func isBoundaryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
