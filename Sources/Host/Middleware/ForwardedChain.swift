// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// What proxies say about a request: `Forwarded` if it is there, else `X-Forwarded-*`.
struct ForwardedChain {
    /// The addresses, the client's own claim first and the nearest hop last.
    private(set) var addresses: [String] = []
    private(set) var scheme: ClientAddress.Scheme?
    private(set) var host: String?

    init(_ request: HTTPRequest) {
        let forwarded = request.values(of: .forwarded)
        guard forwarded.isEmpty else {
            for element in forwarded.joined(separator: ",").split(separator: ",") { readElement(element) }
            return
        }
        addresses = request.values(of: "x-forwarded-for").joined(separator: ",").split(separator: ",").map {
            ForwardedChain.address(String($0.trimmingBlanks))
        }
        // The nearest proxy is the one that is trusted: its word is the last one.
        scheme = request["x-forwarded-proto"].flatMap { ForwardedChain.last($0) }.flatMap(ClientAddress.Scheme.init)
        host = request["x-forwarded-host"].flatMap { ForwardedChain.last($0) }.flatMap(ForwardedChain.host)
    }

    private mutating func readElement(_ element: Substring) {
        for pair in element.split(separator: ";") {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let name = pair[..<equals].trimmingBlanks.lowercased()
            var value = pair[pair.index(after: equals)...].trimmingBlanks
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 { value = value.dropFirst().dropLast() }
            switch name {
            case "for": addresses.append(ForwardedChain.address(String(value)))
            case "proto": scheme = ClientAddress.Scheme(rawValue: value.lowercased()) ?? scheme
            case "host": host = ForwardedChain.host(String(value)) ?? host
            default: break
            }
        }
    }

    private static func last(_ list: String) -> String? {
        list.split(separator: ",").last.map { $0.trimmingBlanks.lowercased() }
    }

    private static func host(_ authority: String) -> String? {
        let host = String(decoding: Array(authority.utf8)[...].withoutPort, as: UTF8.self).lowercased()
        let isPlain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        return host.isEmpty || !isPlain ? nil : host
    }

    /// The address without port and brackets.
    private static func address(_ node: String) -> String {
        if node.hasPrefix("["), let end = node.firstIndex(of: "]") {
            return String(node[node.index(after: node.startIndex)..<end])
        }
        let colons = node.utf8.count { $0 == UInt8(ascii: ":") }
        return colons == 1 ? String(node.prefix { $0 != ":" }) : node
    }
}
