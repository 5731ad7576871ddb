// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSPostgresDriver
internal import LMSTenancy

/// A database's address with the password of its login, which `description` never shows.
struct DatabaseURL: Sendable, CustomStringConvertible {
    let address: PostgresAddress
    let password: Secret<String>
    private let text: Secret<String>

    /// Parses a URL such as `postgres://lms_directory:password@host:5432/lms`.
    init(_ text: String) throws(PostgresConnectionError) {
        address = try PostgresAddress(text)
        self.text = Secret(text)
        // The authority may lack a host, as in a unix socket's URL, which URLComponents takes for no URL.
        let authority = text.split(separator: "://", maxSplits: 1).last?.prefix { $0 != "/" } ?? ""
        let login = authority.split(separator: "@").first ?? ""
        let encoded = login.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        password = Secret(encoded.removingPercentEncoding ?? encoded)
    }

    var description: String { address.description }

    /// The same server and login, with another database.
    func replacingDatabase(with name: String) throws(PostgresConnectionError) -> DatabaseURL {
        let text = text.reveal()
        let queryStart = text.firstIndex(of: "?") ?? text.endIndex
        guard let slash = text[..<queryStart].lastIndex(of: "/") else { return self }
        return try DatabaseURL(text[...slash] + name + text[queryStart...])
    }
}
