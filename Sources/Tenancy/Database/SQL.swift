// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One SQL statement with its bound values.
///
/// Written as a string literal in which every interpolation is a bind, so that text from outside cannot become part of
/// a statement: `"SELECT title FROM courses WHERE id = \(course)"`. There is no way to splice text.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The statement with `$1`, `$2` … in the places of the interpolations.
    public let text: String
    /// The values of the interpolations, in order.
    public let binds: [DatabaseValue]

    /// Makes a statement without binds.
    public init(stringLiteral value: StaticString) {
        text = value.description
        binds = []
    }

    /// Makes a statement from a literal and its interpolations.
    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        binds = stringInterpolation.binds
    }

    /// Collects the literal parts and the binds.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var binds: [DatabaseValue] = []

        /// Prepares for a literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            binds.reserveCapacity(interpolationCount)
        }

        /// Appends a literal part.
        public mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        /// Appends a bind.
        public mutating func appendInterpolation(_ value: some DatabaseConvertible) {
            binds.append(value.databaseValue)
            text += "$"
            text += String(binds.count)
        }

        /// Appends a bind that may be NULL.
        public mutating func appendInterpolation(_ value: (some DatabaseConvertible)?) {
            binds.append(value.databaseValue)
            text += "$"
            text += String(binds.count)
        }
    }
}

extension SQL {
    /// Wraps a statement of a migration, which is a reviewed file of this package and never input.
    package init(migration text: String) {
        self.text = text
        binds = []
    }
}
