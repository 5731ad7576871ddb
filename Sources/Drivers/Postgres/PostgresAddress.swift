// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
public import LMSTenancy

/// Where a database is: a parsed connection URL.
public struct PostgresAddress: Sendable, CustomStringConvertible {
    let url: Secret<String>
    private let options: [String: String]

    /// Parses a URL such as `postgres://user:password@host:5432/database?sslmode=verify-full`.
    ///
    /// - Parameter url: The URL, or libpq's `key=value` form.
    /// - Throws: `PostgresConnectionError.invalidAddress` with a reason that shows nothing of the password.
    public init(_ url: String) throws(PostgresConnectionError) {
        guard !url.utf8.contains(0), url.contains("://") || url.contains("=") else {
            throw .invalidAddress(reason: "it has no scheme")
        }
        if let scheme = url.split(separator: "://", maxSplits: 1).first, url.contains("://"),
            scheme != "postgres", scheme != "postgresql", !scheme.contains("=")
        {
            throw .invalidAddress(reason: "its scheme is \(scheme), not postgres")
        }
        options = try Self.parse(url)
        if let port = options["port"], !port.split(separator: ",").allSatisfy({ UInt16($0).map { $0 > 0 } ?? false }) {
            throw .invalidAddress(reason: "its port is not a number between 1 and 65535")
        }
        if options["dbname"] == nil { throw .invalidAddress(reason: "it names no database") }
        self.url = Secret(url)
    }

    private static func parse(_ url: String) throws(PostgresConnectionError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = unsafe PQconninfoParse(url, &message) else {
            let text = unsafe message.map { unsafe String(cString: $0) } ?? ""
            unsafe PQfreemem(message)
            // libpq quotes the part that it does not understand, which may hold the password.
            let reason = text.split(separator: "\"").first.map(String.init) ?? "it cannot be parsed"
            throw .invalidAddress(reason: reason.split(separator: "\n").joined().trimmingSuffix(" :"))
        }
        defer { unsafe PQconninfoFree(parsed) }
        var options: [String: String] = [:]
        var option = unsafe parsed
        while let keyword = unsafe option.pointee.keyword {
            let name = unsafe String(cString: keyword)
            if name != "password", let value = unsafe option.pointee.val {
                options[name] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return options
    }

    /// The server's host name, address or socket directory.
    public var host: String? { options["host"] ?? options["hostaddr"] }
    /// The server's port.
    public var port: UInt16 { options["port"].flatMap { UInt16($0) } ?? 5432 }
    /// The user that the URL names.
    public var user: String? { options["user"] }
    /// The database's name.
    public var database: String { options["dbname"] ?? "" }
    /// Whether the connection is refused rather than made without TLS, or stays on this machine's socket.
    public var isEncrypted: Bool {
        if let host, host.hasPrefix("/") { return true }
        return ["require", "verify-ca", "verify-full"].contains(options["sslmode"] ?? "prefer")
    }

    /// The address without its password.
    public var description: String { "\(user ?? "")@\(host ?? ""):\(port)/\(database)" }
}

extension String {
    fileprivate func trimmingSuffix(_ characters: String) -> String {
        var text = self[...]
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}

/// As whom a connection is made.
public struct PostgresLogin: Sendable {
    /// The login role.
    public let user: String
    /// Its password; `nil` where the server asks for none.
    public let password: Secret<String>?

    /// Describes a login.
    ///
    /// - Parameters:
    ///   - user: The login role.
    ///   - password: Its password; `nil` where the server asks for none.
    public init(user: String, password: Secret<String>?) {
        self.user = user
        self.password = password
    }
}
