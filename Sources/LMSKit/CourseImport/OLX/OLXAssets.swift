// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

/// Finds the addresses of a course's own files in sources of any kind.
enum OLXAssets {
    private static let prefix = Array("/static/".utf8)

    /// The names that follow `/static/`, in order and without repetition.
    static func names(in source: String) -> [String] {
        let bytes = Array(source.utf8)
        var names: [String] = []
        var seen: Set<String> = []
        var index = 0
        while let slash = bytes[index...].firstIndex(of: UInt8(ascii: "/")) {
            guard bytes[slash...].starts(with: prefix) else {
                index = slash + 1
                continue
            }
            let start = slash + prefix.count
            index = bytes[start...].firstIndex(where: ends) ?? bytes.count
            if let name = name(String(decoding: bytes[start..<index], as: UTF8.self)), seen.insert(name).inserted {
                names.append(name)
            }
        }
        return names
    }

    /// The path of the file that an address names, if it is one of the course's own.
    static func name(ofAddress address: String) -> String? {
        guard address.hasPrefix("/static/") else { return nil }
        return name(String(address.dropFirst(8).prefix { $0 != "?" && $0 != "#" }))
    }

    private static func name(_ raw: String) -> String? {
        let decoded = raw.removingPercentEncoding ?? raw
        guard !decoded.isEmpty, let path = try? CoursePath.normalized(decoded) else { return nil }
        return path
    }

    private static func ends(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"),
            UInt8(ascii: ")"), UInt8(ascii: "("), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"),
            UInt8(ascii: ","):
            true
        default: false
        }
    }
}
