// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A name that somebody chose to sign in with: 3–30 letters, digits, `.`, `_` and `-`, the first a letter, the last a letter or a digit.
///
/// Two spellings of one name are one. It never looks like an address or a number, so what is typed at sign-in is of one kind.
public struct Username: Sendable, Hashable {
    /// The name as it was written.
    public let text: String

    /// Parses a name.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard (3...30).contains(bytes.count), let first = bytes.first, first.isASCIILetter, let last = bytes.last,
            last.isASCIILetter || last.isDigit,
            bytes.allSatisfy({ $0.isASCIILetter || $0.isDigit || "._-".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    /// Any name, for what only describes.
    package static let example = Username(unchecked: "ada.lovelace")

    private init(unchecked text: String) {
        self.text = text
    }
}

/// A telephone number in the form of ITU-T E.164: `+`, 7–15 digits, no blanks.
public struct PhoneNumber: Sendable, Hashable, CustomDebugStringConvertible {
    /// The number.
    public let text: String

    /// Parses a number.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count), digits.allSatisfy(\.isDigit),
            digits.first != UInt8(ascii: "0")
        else { return nil }
        self.text = text
    }

    /// Any number, for what only describes.
    package static let example = PhoneNumber(unchecked: "+14155550123")

    private init(unchecked text: String) {
        self.text = text
    }

    /// Numbers are personal: `•••` and the last two digits.
    public var debugDescription: String { "•••" + text.suffix(2) }
}

/// What somebody typed to say who they are.
enum SignInName: Sendable, Hashable {
    case email(Email)
    case username(Username)
    case phone(PhoneNumber)

    /// Parses what was typed; its form tells which kind it is.
    init?(_ text: String) {
        if let email = Email(text) {
            self = .email(email)
        } else if let phone = PhoneNumber(text) {
            self = .phone(phone)
        } else if let username = Username(text) {
            self = .username(username)
        } else {
            return nil
        }
    }
}

extension Username: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(text) }
    /// Reads a column of that type, which holds only what was parsed on its way in.
    public init(column: Column) throws(DatabaseError) {
        self.init(unchecked: try String(column: column))
    }
}

extension PhoneNumber: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(text) }
    /// Reads a column of that type, which holds only what was parsed on its way in.
    public init(column: Column) throws(DatabaseError) {
        self.init(unchecked: try String(column: column))
    }
}
