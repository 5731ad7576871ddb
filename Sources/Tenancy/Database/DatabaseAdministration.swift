// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A connection of a login that may change schemas or roles; never held by the serving process.
public protocol DatabaseAdministration: Sendable {
    /// Runs a script of several statements; on an error the rest is skipped and an open transaction is rolled back.
    ///
    /// - Parameter script: The statements.
    /// - Throws: What the server said about the first statement that failed.
    func run(_ script: Script) async throws(AdministrationFailure)

    /// Runs one statement.
    ///
    /// - Parameter statement: The statement.
    /// - Returns: Its reply.
    /// - Throws: What the server said.
    @discardableResult
    func execute(_ statement: SQL) async throws(AdministrationFailure) -> Rows
}

/// Why an administrative statement failed, in the server's own words: an operator reads them, never a tenant.
public struct AdministrationFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What it means.
    public let error: DatabaseError
    /// The five characters of the SQLSTATE; empty if the connection broke.
    public let sqlState: String
    /// The server's own words.
    public let message: String

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - error: What it means.
    ///   - sqlState: The SQLSTATE; empty if the connection broke.
    ///   - message: The server's own words.
    public init(error: DatabaseError, sqlState: String, message: String) {
        self.error = error
        self.sqlState = sqlState
        self.message = message
    }

    /// The server's words and its SQLSTATE.
    public var description: String { sqlState.isEmpty ? message : "\(message) (SQLSTATE \(sqlState))" }
}

/// Statements that define schemas and roles, which take no binds.
///
/// Written as a literal in which only names of the closed types below and escaped literals can be interpolated.
public struct Script: Sendable, ExpressibleByStringInterpolation {
    /// The statements as they are sent.
    public let text: String

    /// Makes a script from a literal.
    public init(stringLiteral value: StaticString) {
        text = value.description
    }

    /// Makes a script from a literal and its interpolations.
    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    /// Takes up a migration, which is a reviewed file of this package and never input.
    package init(_ migration: Migration) {
        text = migration.script
    }

    private init(text: String) {
        self.text = text
    }

    /// Puts scripts one after another.
    ///
    /// - Parameter scripts: The scripts, in order.
    /// - Returns: All of them.
    public static func joining(_ scripts: [Script]) -> Script {
        Script(text: scripts.map(\.text).joined(separator: "\n"))
    }

    /// Collects the parts.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        /// Prepares for a literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        /// Appends a literal part.
        public mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        /// Appends a schema's name, which needs no quotes.
        public mutating func appendInterpolation(_ name: SchemaName) {
            text += name.description
        }

        /// Appends a role's name, which needs no quotes.
        public mutating func appendInterpolation(_ name: RoleName) {
            text += name.description
        }

        /// Appends a login's name, which needs no quotes.
        public mutating func appendInterpolation(_ name: LoginName) {
            text += name.description
        }

        /// Appends another script.
        public mutating func appendInterpolation(_ script: Script) {
            text += script.text
        }

        /// Appends a number.
        public mutating func appendInterpolation(_ number: Int) {
            text += String(number)
        }

        /// Appends an identifier as a quoted literal.
        public mutating func appendInterpolation<Entity>(_ identifier: Identifier<Entity>) {
            text += "'\(identifier)'"
        }

        /// Appends names of tables that were read from the catalog, quoted.
        public mutating func appendInterpolation(identifiers: [String]) {
            text += identifiers.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ", ")
        }

        /// Appends a text as a literal that escapes whatever it holds.
        public mutating func appendInterpolation(literal: String) {
            let escaped = literal.replacing("\\", with: "\\\\").replacing("'", with: "''")
            text += " E'" + escaped + "'"
        }
    }
}
