// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Where a Redis is and how to sign in there; `description` never shows the password.
public struct RedisAddress: Sendable, CustomStringConvertible {
    /// The host's name or numeric address.
    public let host: String
    /// The TCP port.
    public let port: UInt16
    /// The user; `nil` for the server's `default`.
    public let user: String?
    /// The user's password; `nil` if the server asks for none.
    public let password: Secret<String>?
    /// The number of the database; always 0 in a cluster.
    public let database: Int
    /// Whether TLS is spoken.
    public let isEncrypted: Bool

    /// Reads `redis://user:password@host:port/database`, or `rediss://…` for TLS.
    ///
    /// - Parameter url: The URL. What is reserved in the user and the password is percent-encoded; the port is 6379 unless said.
    public init?(_ url: String) {
        guard url.utf8.count <= 2_048, let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["redis", "rediss"].contains(scheme), parts.query == nil, parts.fragment == nil
        else { return nil }
        let bare = (parts.host ?? "").filter { $0 != "[" && $0 != "]" }
        guard !bare.isEmpty, bare.utf8.count <= 255, bare.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        guard let port = UInt16(exactly: parts.port ?? 6_379), port > 0 else { return nil }
        let path = parts.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), (0...1_000).contains(database) else { return nil }
        if let user = parts.user, !user.isEmpty, (parts.password ?? "").isEmpty { return nil }
        host = bare
        self.port = port
        self.database = database
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password.flatMap { $0.isEmpty ? nil : Secret($0) }
        isEncrypted = scheme == "rediss"
    }

    /// The scheme, host and port.
    public var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "rediss" : "redis")://\(shown):\(port)/\(database)"
    }
}
