// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy

/// The file of `LMS_MASTER_KEY_FILE`: a line `NAME KEY` for each key, the first one seals and the others still open.
enum MasterKeyFile {
    /// What the key of `LMS_MASTER_KEY` is called.
    static let environmentName = "1"

    static func read(_ path: String) throws(MasterKeyFileError) -> [Configuration.NamedSecret] {
        let text: String
        do {
            text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch {
            throw MasterKeyFileError(message: "\(path) cannot be read")
        }
        var keys: [Configuration.NamedSecret] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            let isName = (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            guard words.count == 2, isName, let key = Base64URL.decode(words[1]), key.count >= 32 else {
                throw MasterKeyFileError(
                    message: "line \(index + 1) is not a name and at least 32 bytes in base64url (lms doctor --new-key)"
                )
            }
            guard !keys.contains(where: { $0.name == String(name) }) else {
                throw MasterKeyFileError(message: "line \(index + 1) has the name of an earlier line")
            }
            keys.append(Configuration.NamedSecret(name: String(name), bytes: Secret(key)))
        }
        guard !keys.isEmpty else { throw MasterKeyFileError(message: "\(path) has no key") }
        return keys
    }

    /// Whether others than the owner may read a file.
    static func isExposed(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)  // `read` told that it is not there
        return (attributes?[.posixPermissions] as? Int ?? 0) & 0o077 != 0
    }
}

/// Why the file cannot be used; never with anything of the keys.
struct MasterKeyFileError: Error, Sendable {
    let message: String
}
