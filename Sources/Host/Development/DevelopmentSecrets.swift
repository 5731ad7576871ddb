// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy

/// The passwords and keys of one development installation: made once, kept in its data directory, readable by its owner only.
struct DevelopmentSecrets {
    let superuserPassword: String
    let directoryPassword: String
    let provisionerPassword: String
    let masterKey: String

    /// Reads the secrets of an earlier run, or makes new ones.
    init(directory: URL) throws {
        let file = directory.appending(path: "secrets.json")
        if FileManager.default.fileExists(atPath: file.path) {
            let json = try JSONValue.parse(Array(try Data(contentsOf: file)))
            func text(_ name: String) throws -> String {
                guard let text = json[name]?.text else { throw DevelopmentSecretsError(file: file.path, missing: name) }
                return text
            }
            superuserPassword = try text("superuserPassword")
            directoryPassword = try text("directoryPassword")
            provisionerPassword = try text("provisionerPassword")
            masterKey = try text("masterKey")
            return
        }
        superuserPassword = Self.random()
        directoryPassword = Self.random()
        provisionerPassword = Self.random()
        masterKey = Self.random()
        var json = JSONWriter()
        json.object { object in
            object.field("superuserPassword", superuserPassword)
            object.field("directoryPassword", directoryPassword)
            object.field("provisionerPassword", provisionerPassword)
            object.field("masterKey", masterKey)
        }
        try PrivateFile.write(json.bytes, to: file)
    }

    /// 32 bytes of the system's generator.
    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}

/// The secrets file is there and incomplete.
struct DevelopmentSecretsError: Error, CustomStringConvertible {
    let file: String
    let missing: String

    var description: String {
        "\(file) has no \(missing). Restore the file, or start afresh with `make reset`, which deletes all local data."
    }
}

/// Files that only their owner may read.
enum PrivateFile {
    /// Adds lines to a file, which is made if it is not there.
    static func append(_ lines: [String], to file: URL) throws {
        guard !lines.isEmpty else { return }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        guard FileManager.default.fileExists(atPath: file.path) else { return try write(bytes, to: file) }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
        try handle.close()
    }

    /// Makes a file; it appears with all its bytes or not at all.
    static func write(_ bytes: [UInt8], to file: URL) throws {
        let manager = FileManager.default
        try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let temporary = file.appendingPathExtension("new")
        guard manager.createFile(atPath: temporary.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: temporary.path])
        }
        let handle = try FileHandle(forWritingTo: temporary)
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
        try handle.close()
        try manager.moveItem(at: temporary, to: file)
    }
}
