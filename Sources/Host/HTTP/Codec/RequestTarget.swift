// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The request target (RFC 9112 §3.2) as offsets into its bytes.
struct RequestTarget {
    private(set) var path: RequestHead.Offsets
    private(set) var query: RequestHead.Offsets?
    private(set) var authority: RequestHead.Offsets?

    /// Reads origin-form, absolute-form with http or https, and for OPTIONS asterisk-form.
    ///
    /// - Parameters:
    ///   - target: At least one byte, all allowed in a target.
    ///   - method: The method.
    init?(_ target: Span<UInt8>, method: HTTPMethod) {
        let first = target[0]
        if first == .slash {
            path = RequestHead.Offsets(0, 0)
            split(target, from: 0)
        } else if first == .asterisk {
            guard target.count == 1, method == .options else { return nil }
            path = RequestHead.Offsets(0, 1)
        } else {
            guard let schemeEnd = Self.schemeLength(target) else { return nil }
            var end = schemeEnd
            while end < target.count, target[end] != .slash, target[end] != .question { end += 1 }
            guard end > schemeEnd, HostSyntax.isValid(target.extracting(schemeEnd..<end)) else { return nil }
            path = RequestHead.Offsets(0, 0)
            authority = RequestHead.Offsets(schemeEnd, end)
            split(target, from: end)
            // "http://host" and "http://host?x" mean the path "/", which the scheme's own slash can stand for.
            if path.start == path.end { path = RequestHead.Offsets(schemeEnd - 1, schemeEnd) }
        }
    }

    private mutating func split(_ target: Span<UInt8>, from start: Int) {
        var end = start
        while end < target.count, target[end] != .question { end += 1 }
        path = RequestHead.Offsets(start, end)
        query = end < target.count ? RequestHead.Offsets(end + 1, target.count) : nil
    }

    private static func schemeLength(_ target: Span<UInt8>) -> Int? {
        if target.count > 7, target.extracting(0..<7).equalsLowercased("http://") { return 7 }
        if target.count > 8, target.extracting(0..<8).equalsLowercased("https://") { return 8 }
        return nil
    }
}

/// The value of Host: a name, an IPv4 address or a bracketed IPv6 address, and perhaps a port.
enum HostSyntax {
    static func isValid(_ host: Span<UInt8>) -> Bool {
        guard host.count > 0, host.count <= 261 else { return false }
        var index = 0
        if host[0] == UInt8(ascii: "[") {
            index = 1
            while index < host.count,
                host[index].hexadecimalValue != nil || host[index] == .colon
                    || host[index] == UInt8(ascii: ".")
            {
                index += 1
            }
            guard index > 2, index < host.count, host[index] == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            while index < host.count, host[index].isHostName { index += 1 }
            guard index > 0 else { return false }
        }
        guard index < host.count else { return true }
        guard host[index] == .colon else { return false }
        index += 1
        var port = 0
        let digits = host.count - index
        guard digits >= 1, digits <= 5 else { return false }
        while index < host.count {
            guard host[index].isDigit else { return false }
            port = port * 10 + Int(host[index] - 0x30)
            index += 1
        }
        return port <= 65_535
    }
}
