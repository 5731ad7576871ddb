// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Where a service is that keeps files.
public struct ServiceEndpoint: Sendable, Hashable {
    /// `https` or `http`.
    let scheme: String
    /// Host, and port if it is not the scheme's, as `Host` has them.
    let authority: String

    /// Whether what is sent there is encrypted on the way.
    public var isEncrypted: Bool { scheme == "https" }

    /// Parses `https://s3.example.org` or `http://127.0.0.1:9000`.
    ///
    /// - Parameter text: The address, without a path.
    public init?(_ text: String) {
        let schemes = ["https": "443", "http": "80"]
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4 && parts[3].isEmpty, parts[1].isEmpty, parts[0].hasSuffix(":"),
            let standard = schemes[String(parts[0].dropLast())]
        else { return nil }
        let place = parts[2].lowercased()
        let port = place.hasSuffix("]") ? nil : place.lastIndex(of: ":").map { place[place.index(after: $0)...] }
        let host = port.map { place.dropLast($0.utf8.count + 1) } ?? place[...]
        let isName = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "-._".utf8.contains($0)
        }
        let isAddress = host.hasPrefix("[") && NetworkAddress(String(host.dropFirst().dropLast())) != nil
        guard !host.isEmpty, isName || isAddress, port.map({ UInt16($0) != nil && $0.utf8.first != 0x2B }) ?? true
        else {
            return nil
        }
        scheme = String(parts[0].dropLast())
        authority = port.map { $0 == standard[...] ? String(host) : "\(host):\($0)" } ?? String(host)
    }
}
