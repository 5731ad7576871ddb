// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// An e-mail address that mail can be sent to without extensions: RFC 5321 in ASCII, without quotes or address
/// literals.
public struct Email: Sendable, Hashable, CustomDebugStringConvertible {
    /// The address as it was written.
    public let address: String

    /// Parses an address.
    ///
    /// - Parameter text: The text as it came from outside: `local@domain` with at least one dot in the domain, 254
    ///   characters at
    ///   most. Spaces around it are not forgiven.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let domain = bytes[bytes.index(after: at)...]
        guard Email.isLocalPart(bytes[..<at]), Email.isDomain(domain) else { return nil }
        address = text
    }

    /// Any address, for what only describes.
    package static let example = Email(unchecked: "ada@example.org")

    private init(unchecked address: String) {
        self.address = address
    }

    /// What stands behind the `@`, in lower case.
    public var domain: String { String(address.lowercased().drop { $0 != "@" }.dropFirst()) }

    /// The form in which two spellings of one address are equal.
    var key: String { address.lowercased() }

    /// Addresses are personal: `•••@` and the domain.
    public var debugDescription: String { "•••" + address.drop { $0 != "@" } }

    private static func isLocalPart(_ bytes: Substring.UTF8View) -> Bool {
        guard (1...64).contains(bytes.count) else { return false }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy(\.isAtomText)
        }
    }

    private static func isDomain(_ bytes: Substring.UTF8View) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
            }
    }
}

extension Email: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(address) }
    /// Reads a column of that type, which holds only what was parsed on its way in.
    public init(column: Column) throws(DatabaseError) {
        self.init(unchecked: try String(column: column))
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool {
        isDigit || isLowerLetter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }

    /// `atext` of RFC 5322 §3.2.3.
    fileprivate var isAtomText: Bool {
        isASCIILetterOrDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(self)
    }
}
