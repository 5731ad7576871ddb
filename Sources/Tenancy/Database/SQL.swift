// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One SQL statement with its bound values.
///
/// Written as a string literal in which every interpolation is a bind, so that text from outside cannot become part of
/// a statement: `"SELECT title FROM courses WHERE id = \(course)"`. There is no way to splice text.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The literal parts; between two, and after the last if it does not end the statement, is a bind.
    package let parts: [StaticString]
    /// The values of the interpolations, in order.
    public let binds: [DatabaseValue]
    /// A statement that is no literal of the program.
    private let migration: String?

    /// Makes a statement without binds.
    public init(stringLiteral value: StaticString) {
        parts = [value]
        binds = []
        migration = nil
    }

    /// Makes a statement from a literal and its interpolations.
    public init(stringInterpolation: StringInterpolation) {
        parts = stringInterpolation.parts
        binds = stringInterpolation.binds
        migration = nil
    }

    /// The statement with `$1`, `$2` … in the places of the interpolations.
    public var text: String {
        if let migration { return migration }
        var text = ""
        for index in 0..<max(parts.count, binds.count + 1) {
            if index < parts.count { text += parts[index].description }
            if index < binds.count { text += "$\(index + 1)" }
        }
        return text
    }

    /// Collects the literal parts and the binds.
    public struct StringInterpolation: StringInterpolationProtocol {
        @usableFromInline
        var parts: [StaticString] = []
        @usableFromInline
        var binds: [DatabaseValue] = []

        /// Prepares for a literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount + 1)
            binds.reserveCapacity(interpolationCount)
        }

        /// Appends a literal part.
        public mutating func appendLiteral(_ literal: StaticString) {
            parts.append(literal)
        }

        /// Appends a bind.
        @inlinable
        public mutating func appendInterpolation(_ value: some DatabaseConvertible) {
            append(value.databaseValue)
        }

        /// Appends a bind that may be NULL.
        @inlinable
        public mutating func appendInterpolation(_ value: (some DatabaseConvertible)?) {
            append(value.databaseValue)
        }

        @usableFromInline
        mutating func append(_ value: DatabaseValue) {
            // Nothing stands before the first bind, or between two.
            if parts.count == binds.count { parts.append("") }
            binds.append(value)
        }
    }
}

extension SQL {
    /// Wraps a statement of a migration, which is a reviewed file of this package and never input.
    package init(migration text: String) {
        self.init(parts: [], binds: [], migration: text)
    }

    private init(parts: [StaticString], binds: [DatabaseValue], migration: String?) {
        self.parts = parts
        self.binds = binds
        self.migration = migration
    }
}

extension SQL {
    /// Two statements are equal if their texts and values are.
    public static func == (left: SQL, right: SQL) -> Bool {
        left.text == right.text && left.binds == right.binds
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(binds)
    }
}
