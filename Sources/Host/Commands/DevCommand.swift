// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

struct DevArguments: CommandArguments {
    let tenants: String

    init(arguments: inout ArgumentReader) {
        tenants =
            arguments.optional("tenants", "FOLDER", "Declared tenants to apply; `tenants` unless said") ?? "tenants"
    }
}

extension Command {
    /// `lms dev`.
    static let dev = Command(
        "dev",
        "Run everything on this machine: database, provisioner and server",
        DevArguments.self
    ) { arguments, console in
        let port = console.environment["LMS_HTTP_PORT"] ?? "8080"
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw CommandFailure("LMS_HTTP_PORT is not a port between 1 and 65535: \(port)", code: .configuration)
        }
        let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        let development = Development(
            dataDirectory: URL(filePath: console.environment["LMS_DATA_DIR"] ?? ".lms", relativeTo: here).absoluteURL,
            tenantsDirectory: URL(filePath: arguments.tenants, relativeTo: here).absoluteURL,
            port: number,
            externalDatabase: console.environment["DATABASE_URL"],
            program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
            environment: console.environment
        )
        try development.run()
        return .success
    }
}
