// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// Where a clamd listens.
public struct ClamdAddress: Sendable, Hashable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        case path(String)
        case server(host: String, port: UInt16)
    }

    let place: Place

    /// Reads `unix:///run/clamav/clamd.ctl`, or `tcp://host:3310`.
    ///
    /// - Parameter url: The URL; the port is 3310 unless said, the path has at most 107 bytes.
    public init?(_ url: String) {
        guard url.utf8.count <= 1_024, let parts = URLComponents(string: url), parts.query == nil,
            parts.fragment == nil, parts.user == nil, parts.password == nil
        else { return nil }
        let host = (parts.host ?? "").filter { $0 != "[" && $0 != "]" }
        switch parts.scheme?.lowercased() {
        case "unix":
            let path = parts.path
            guard host.isEmpty, parts.port == nil, path.hasPrefix("/"), !path.hasSuffix("/"),
                path.utf8.count <= 107, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { return nil }
            place = .path(path)
        case "tcp":
            guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                parts.path.isEmpty || parts.path == "/", let port = UInt16(exactly: parts.port ?? 3_310), port > 0
            else { return nil }
            place = .server(host: host, port: port)
        default: return nil
        }
    }

    /// Whether what is sent there stays on this machine; clamd speaks no TLS.
    public var isOnThisMachine: Bool {
        switch place {
        case .path: true
        case .server(let host, _): ["127.0.0.1", "::1", "localhost"].contains(host)
        }
    }

    /// The address as a URL.
    public var description: String {
        switch place {
        case .path(let path): "unix://\(path)"
        case .server(let host, let port): host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
        }
    }
}
