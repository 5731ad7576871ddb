// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Decides which addresses markup may name.
enum HTMLAddress {
    /// Returns an address in the form in which it is safe, or `nil` if it is not.
    ///
    /// - Parameters:
    ///   - value: The attribute's value with its references replaced.
    ///   - isLink: Whether following it is up to the reader; else the browser fetches it at once.
    /// - Returns: The address without the characters that browsers ignore (URL standard §4.4).
    static func allowed(_ value: String, isLink: Bool) -> String? {
        var scalars = value.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F || $0 == " " }
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        let address = String(String.UnicodeScalarView(scalars))
        guard let colon = scalars.firstIndex(of: ":") else { return address }
        if let end = scalars.firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }), end < colon { return address }
        let scheme = String(String.UnicodeScalarView(scalars[..<colon])).lowercased()
        let schemes: Set<String> = isLink ? ["http", "https", "mailto", "tel"] : ["http", "https"]
        return schemes.contains(scheme) ? address : nil
    }
}
