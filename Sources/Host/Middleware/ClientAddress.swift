// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// Where a request comes from, after the proxies that are trusted.
struct ClientAddress: Sendable, Hashable {
    /// The client's address as text.
    let text: String
    let scheme: Scheme
    /// The host that the client asked for, without the port.
    let host: String

    enum Scheme: String, Sendable {
        case http
        case https
    }

    /// Reads a request.
    ///
    /// `Forwarded` (RFC 7239) and `X-Forwarded-*` count only if the other end of the connection is a trusted proxy; the chain is
    /// read from its near end to the first address that is not one, so that what a client wrote itself is never believed.
    init(_ request: HTTPRequest, trusting proxies: TrustedProxies) {
        let own = Scheme(isSecure: request.isSecure)
        guard !proxies.isEmpty, proxies.contains(request.peerAddress) else {
            text = request.peerAddress
            scheme = own
            host = request.head.hostWithoutPort
            return
        }
        let chain = ForwardedChain(request)
        var client = request.peerAddress
        for address in chain.addresses.reversed() {
            client = address
            guard proxies.contains(address) else { break }
        }
        text = client
        scheme = chain.scheme ?? own
        host = chain.host ?? request.head.hostWithoutPort
    }
}

extension ClientAddress.Scheme {
    init(isSecure: Bool) {
        self = isSecure ? .https : .http
    }
}

extension RequestHead {
    /// The host in lower case, without the port.
    var hostWithoutPort: String {
        guard let range = authorityRange else { return "" }
        return String(decoding: bytes[range].withoutPort, as: UTF8.self).lowercased()
    }
}

extension ArraySlice<UInt8> {
    /// `example.org` of `example.org:8080`; brackets of an IPv6 address stay.
    var withoutPort: ArraySlice<UInt8> {
        guard let colon = lastIndex(of: UInt8(ascii: ":")), self[(colon + 1)...].allSatisfy(\.isASCIIDigit) else {
            return self
        }
        if first == UInt8(ascii: "[") { return self[index(before: colon)] == UInt8(ascii: "]") ? self[..<colon] : self }
        return self[..<colon]
    }
}

extension UInt8 {
    fileprivate var isASCIIDigit: Bool { self &- 0x30 < 10 }
}
