// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One SQL statement with its bound values.
///
/// Written as a string literal in which every interpolation is a bind, so that text from outside cannot become part of
/// a statement: `"SELECT title FROM courses WHERE id = \(course)"`. There is no way to splice text; what several statements
/// share is itself `SQL` and is interpolated: `"SELECT \(.courseColumns) FROM courses c"`.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The literal parts; between two, and after the last if it does not end the statement, is a bind, unless `joined` says
    /// otherwise.
    package let parts: [StaticString]
    /// Bit *n* is set if part *n* + 1 follows part *n* without a bind between: one of them came with interpolated SQL.
    package let joined: UInt64
    /// The values of the interpolations, in order.
    public let binds: [DatabaseValue]
    /// What is new once the statement's transaction was committed.
    package private(set) var notice: CommitNotice?
    /// A statement that is no literal of the program.
    private let migration: String?

    /// Makes a statement without binds.
    public init(stringLiteral value: StaticString) {
        parts = [value]
        joined = 0
        binds = []
        migration = nil
    }

    /// Makes a statement from a literal and its interpolations.
    public init(stringInterpolation: StringInterpolation) {
        parts = stringInterpolation.parts
        joined = stringInterpolation.joined
        binds = stringInterpolation.binds
        migration = nil
    }

    /// Returns the statement with a notice of what is new once its transaction was committed.
    ///
    /// - Parameter notice: The notice.
    /// - Returns: The same statement.
    public func announcing(_ notice: CommitNotice) -> SQL {
        var statement = self
        statement.notice = notice
        return statement
    }

    /// The statement with `$1`, `$2` … in the places of the interpolations.
    public var text: String {
        if let migration { return migration }
        var text = ""
        var number = 0
        for index in parts.indices {
            text += parts[index].description
            guard !isJoined(index), number < binds.count else { continue }
            number += 1
            text += "$\(number)"
        }
        return text
    }

    private func isJoined(_ part: Int) -> Bool {
        part < UInt64.bitWidth && joined & (1 << UInt64(part)) != 0
    }

    /// Collects the literal parts and the binds.
    public struct StringInterpolation: StringInterpolationProtocol {
        @usableFromInline
        var parts: [StaticString] = []
        @usableFromInline
        var binds: [DatabaseValue] = []
        var joined: UInt64 = 0

        /// Prepares for a literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount + 1)
            binds.reserveCapacity(interpolationCount)
        }

        /// Appends a literal part.
        public mutating func appendLiteral(_ literal: StaticString) {
            if isAfterLiteral {
                precondition(parts.count <= UInt64.bitWidth, "composed of too many parts; write it in one")
                joined |= 1 << UInt64(parts.count - 1)
            }
            parts.append(literal)
        }

        /// Appends what several statements share, with its binds.
        public mutating func appendInterpolation(_ sql: SQL) {
            var binds = sql.binds[...]
            for index in sql.parts.indices {
                appendLiteral(sql.parts[index])
                if !sql.isJoined(index), let bind = binds.popFirst() { append(bind) }
            }
        }

        /// Whether the last part has no bind behind it yet.
        private var isAfterLiteral: Bool { parts.count - joined.nonzeroBitCount > binds.count }

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
            if parts.count - joined.nonzeroBitCount == binds.count { parts.append("") }
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
        joined = 0
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
