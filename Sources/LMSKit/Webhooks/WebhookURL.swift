// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Where an endpoint is: `https`, a host, and nothing that reads differently to somebody else.
///
/// This is for a clear answer to whoever types it. What may be connected to is decided about the very address when it is
/// connected to (`OutgoingAddresses`): a name may stand for anything, and for something else a moment later.
public struct WebhookURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest, in characters.
    public static let limit = 2_000
    /// The whole address.
    public let description: String
    /// The host, in lower case.
    public let host: String

    /// Parses an address.
    ///
    /// - Parameter text: `https://host[:port]/path?query` in ASCII, without a user, a fragment, or an address of version 4 in a
    ///   spelling of its own (`2130706433`, `0x7f.1`, `0177.0.0.1`).
    public init?(_ text: String) {
        guard (10...WebhookURL.limit).contains(text.utf8.count), text.utf8.starts(with: "https://".utf8),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
        else { return nil }
        let authority = text.dropFirst(8).prefix { $0 != "/" && $0 != "?" }
        guard let host = WebhookURL.host(of: authority) else { return nil }
        description = text
        self.host = host
    }

    private init(host: String, path: StaticString) {
        description = "https://\(host)\(path)"
        self.host = host
    }

    /// What examples show.
    package static let example = WebhookURL(host: "lms.example.org", path: "/webhooks")

    /// The address that the host is, if it is one and no name.
    var address: NetworkAddress? { NetworkAddress(host) }

    private static func host(of authority: Substring) -> String? {
        var host = authority
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard host.contains(":"), !host.contains("%"), NetworkAddress(String(host)) != nil else { return nil }
            return rest.isEmpty || isPort(rest) ? host.lowercased() : nil
        }
        if let colon = authority.firstIndex(of: ":") {
            guard isPort(authority[colon...]) else { return nil }
            host = authority[..<colon]
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, labels.allSatisfy({ isLabel($0) }), let last = labels.last else { return nil }
        // Whose last label is a number is an address to everybody who connects (WHATWG URL, "ends in a number").
        if let first = last.utf8.first, (0x30...0x39).contains(first), NetworkAddress(String(host)) == nil {
            return nil
        }
        return host.lowercased()
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard text.first == ":", text.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text.dropFirst())
        else { return false }
        return (1...65_535).contains(port)
    }
}

extension WebhookURL: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard let url = WebhookURL(try String(column: column)) else { throw column.undecodable(as: "an https address") }
        self = url
    }
}
