// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A stored hash in crypt(5) form whose method, cost and length were checked, so that computing it takes bounded time.
enum StoredHash {
    /// yescrypt with the parameters that new hashes get.
    case current(String)
    /// Another yescrypt cost, or bcrypt of an imported account.
    case outdated(String)

    /// bcrypt of cost 15 takes three seconds here, of cost 31 two days: an imported hash must not occupy a thread that long.
    private static let bcryptCosts = 4...14

    /// Parses a hash.
    ///
    /// - Parameters:
    ///   - text: As it is stored.
    ///   - current: What new hashes start with, such as `$y$j9T$`.
    ///   - known: What older and newer ones of this kind may start with.
    init?(_ text: String, current: String, known: Set<String>) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        if parts.count == 5, parts[1] == "y" {
            let prefix = "$y$\(parts[2])$"
            guard known.contains(prefix), (1...86).contains(parts[3].utf8.count), parts[3].isCryptBase64,
                parts[4].utf8.count == 43, parts[4].isCryptBase64
            else { return nil }
            self = prefix == current ? .current(text) : .outdated(text)
        } else if parts.count == 4, ["2a", "2b", "2y"].contains(parts[1]) {
            guard parts[2].utf8.count == 2, let cost = Int(parts[2]), Self.bcryptCosts.contains(cost),
                parts[3].utf8.count == 53, parts[3].isCryptBase64
            else { return nil }
            self = .outdated(text)
        } else {
            return nil
        }
    }
}

extension Substring {
    /// Whether it holds only characters of crypt(5)'s base 64.
    fileprivate var isCryptBase64: Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: ".")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
    }
}
