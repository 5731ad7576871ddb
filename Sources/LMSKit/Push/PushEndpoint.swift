// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The address that a push service gave a browser: `https://…`, and secret, because who has it can send there.
public struct PushEndpoint: Sendable {
    /// The address.
    public let url: Secret<String>
    /// The host's name or address, in lower case, without brackets.
    let host: String
    /// What a VAPID token is for (RFC 8292 §2): the scheme, the host and a port that is not the usual one.
    let origin: String

    /// The longest address that is taken, in bytes.
    static let limit = 2_048

    /// Parses an address.
    ///
    /// - Parameter text: The address as the browser told it. `nil` for anything but `https`, with a user, with a fragment, with characters
    ///   that no address has, or longer than 2048 bytes.
    public init?(_ text: String) {
        let scheme = "https://"
        guard text.utf8.count <= Self.limit, text.prefix(scheme.count).lowercased() == scheme,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}#".utf8.contains($0) })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.parse(authority) else { return nil }
        let isVersion6 = host.contains(":")
        self.host = host
        origin = scheme + (isVersion6 ? "[\(host)]" : host) + (port == 443 ? "" : ":\(port)")
        url = Secret(origin + rest.dropFirst(authority.count))
    }

    /// A host and a port.
    private static func parse(_ authority: Substring) -> (host: String, port: UInt16)? {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard NetworkAddress(String(host))?.isVersion4 == false, !host.contains("%"),
                rest.isEmpty || rest.hasPrefix(":")
            else { return nil }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            guard (1...253).contains(host.utf8.count), !host.hasPrefix("-"), !host.hasPrefix("."),
                host.utf8.allSatisfy({ $0.isWordByte || $0 == UInt8(ascii: ".") })
            else { return nil }
        }
        guard let port else { return (host.lowercased(), 443) }
        guard port.utf8.allSatisfy({ $0.isDigit }), let number = UInt16(port), number > 0 else { return nil }
        return (host.lowercased(), number)
    }
}
