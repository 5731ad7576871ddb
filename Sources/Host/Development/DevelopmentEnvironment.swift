// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy

/// The settings of a running `lms dev`, kept for the other commands, so that `lms tenants list` works beside it as it is.
struct DevelopmentEnvironment {
    private let file: URL

    init(directory: URL) {
        file = directory.appending(path: "environment.json")
    }

    /// Keeps the settings of the serving process, readable by their owner only.
    func write(_ variables: [String: String]) throws {
        var json = JSONWriter()
        json.object { object in
            for name in variables.keys.sorted() { object.field(named: name, variables[name] ?? "") }
        }
        if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
        try PrivateFile.write(json.bytes, to: file)
    }

    /// Adds what was kept to an environment that names no database; production never reads it.
    static func completing(_ variables: [String: String]) -> [String: String] {
        guard variables["DATABASE_URL"] == nil, variables["LMS_ENV"] != "production" else { return variables }
        let kept = DevelopmentEnvironment(directory: URL(filePath: variables["LMS_DATA_DIR"] ?? ".lms"))
        guard let data = FileManager.default.contents(atPath: kept.file.path),
            case .object(let members)? = try? JSONValue.parse(Array(data))  // a broken file is as good as none
        else { return variables }
        return variables.merging(members.compactMap { member in member.value.text.map { (member.name, $0) } }) {
            own,
            _ in own
        }
    }
}
