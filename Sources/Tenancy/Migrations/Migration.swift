// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One forward step of a schema: a reviewed `.sql` file that is embedded in the code.
public struct Migration: Sendable {
    /// Its number, unique over all modules that share a schema.
    public let version: Int
    /// Its file's name without the ending: `vNNNN_what_it_adds`.
    public let name: String
    /// The statements, with unqualified names.
    public let script: String

    /// Takes up an embedded file.
    ///
    /// - Parameters:
    ///   - name: The file's name without the ending; `vNNNN_` leads it.
    ///   - bytes: The file's contents.
    public init(_ name: StaticString, _ bytes: [UInt8]) {
        self.name = name.description
        version = Int(self.name.dropFirst().prefix { $0.isNumber }) ?? 0
        script = String(decoding: bytes, as: UTF8.self)
    }
}

/// The ordered steps of the schema that one or more modules share.
public struct MigrationSet: Sendable {
    /// The steps in the order of their versions.
    public let migrations: [Migration]

    /// Orders steps.
    ///
    /// - Parameter migrations: The steps of one module.
    public init(_ migrations: [Migration]) {
        self.migrations = migrations.sorted { $0.version < $1.version }
    }

    /// Puts the steps of several modules in one order.
    ///
    /// - Parameter other: Another module's steps over the same schema.
    /// - Returns: Both.
    public func merging(_ other: MigrationSet) -> MigrationSet {
        MigrationSet(migrations + other.migrations)
    }

    /// The version of a schema that has all steps; 0 if there are none.
    public var latest: Int { migrations.last?.version ?? 0 }

    /// Returns the steps that a schema lacks.
    ///
    /// - Parameter version: The schema's version.
    /// - Returns: The later steps, in order.
    public func after(_ version: Int) -> [Migration] {
        migrations.filter { $0.version > version }
    }
}
