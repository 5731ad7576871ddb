// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

extension EmbeddedPostgres {
    static func findBinaries() throws(EmbeddedPostgresError) -> URL {
        let root = URL(filePath: "/usr/lib/postgresql")
        // A folder that cannot be read is as good as none, which is reported below.
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let newest = versions.compactMap { Int($0) }.sorted(by: >).map { root.appending(path: "\($0)/bin") }
        guard
            let found = newest.first(where: {
                FileManager.default.isExecutableFile(atPath: $0.appending(path: "postgres").path)
            })
        else { throw .notInstalled }
        return found
    }

    /// Whether another account can reach a directory: every existing directory on the way lets others through.
    static func canBeEnteredByOthers(_ directory: URL) -> Bool {
        var current = directory.standardizedFileURL
        while true {
            // What is missing is made by us later.
            if let attributes = try? FileManager.default.attributesOfItem(atPath: current.path),
                let permissions = attributes[.posixPermissions] as? Int, permissions & 0o001 == 0
            {
                return false
            }
            if current.path == "/" { return true }
            current.deleteLastPathComponent()
        }
    }

    /// A short name for a path, the same in every run (FNV-1a).
    static func digest(_ path: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
        return String(hash, radix: 36)
    }

    func process(_ program: String, _ arguments: String...) -> Process {
        process(program, arguments)
    }

    func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        let path = binaries.appending(path: program).path
        if let account {
            process.executableURL = URL(filePath: "/usr/bin/setpriv")
            process.arguments =
                ["--reuid=\(account)", "--regid=\(account)", "--init-groups", "--reset-env", path] + arguments
        } else {
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(filePath: "/")
        return process
    }

    @discardableResult
    func run(_ program: String, _ arguments: String...) throws(EmbeddedPostgresError) -> String {
        let process = process(program, arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        do {
            try process.run()
        } catch {
            throw .failed(program: program, output: error.localizedDescription)
        }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw .failed(program: program, output: output) }
        return output
    }

    func makeDirectory(_ directory: URL, permissions: Int) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try own(directory, permissions: permissions)
    }

    func own(_ item: URL, permissions: Int) throws {
        var attributes: [FileAttributeKey: Any] = [.posixPermissions: permissions]
        if let account {
            attributes[.ownerAccountName] = account
            attributes[.groupOwnerAccountName] = account
        }
        try FileManager.default.setAttributes(attributes, ofItemAtPath: item.path)
    }
}
