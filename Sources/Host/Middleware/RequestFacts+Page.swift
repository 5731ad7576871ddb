// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// Which page had a browser make a request: its own word for it, which no script can change (Fetch §2.2.2, §3.1).
extension RequestFacts {
    /// The address that the client reached us at, without a path.
    var ownAddress: String { "\(client.scheme.rawValue)://\(ownAuthority)" }

    /// Whether a page of our own address made the request.
    ///
    /// Other hosts of the same domain are other tenants', so `same-site` is foreign too.
    ///
    /// - Parameter mustSay: Whether a request that says nothing is refused: every browser says it of what is not a GET.
    /// - Returns: `false` if another page made it, or none that is known.
    func isFromOwnPage(mustSay: Bool) -> Bool {
        let site = head.value(of: Self.fetchSite)
        let origin = head.value(of: .origin)
        if site == nil, origin == nil { return !mustSay }
        if let site, site != "same-origin" { return false }
        return origin.map(isOwn) ?? true
    }

    /// Whether the cookies of a request are looked at.
    ///
    /// Not in a GET that a page of somebody else had the browser make, unless it was a link that was followed: it must learn nothing,
    /// not even by the time that we take. What is no GET is refused later, by name.
    var mayShowCookies: Bool {
        guard head.method == .get || head.method == .head else { return true }
        guard let site = head.value(of: Self.fetchSite), site != "same-origin", site != "none" else { return true }
        return head.value(of: "sec-fetch-mode") == "navigate"
    }

    private static let fetchSite = HTTPFieldName("sec-fetch-site")

    private func isOwn(_ origin: String) -> Bool {
        let own = ownAddress
        guard isRenamed, origin != own else { return origin == own }
        // A proxy told the name that the client used, and no port.
        return String(decoding: Array(origin.utf8)[...].withoutPort, as: UTF8.self) == own
    }

    /// Whether a proxy told another host than the request's.
    private var isRenamed: Bool { client.host != head.hostWithoutPort }

    private var ownAuthority: String {
        guard !isRenamed, let range = head.authorityRange else { return client.host }
        return String(decoding: head.bytes[range], as: UTF8.self).lowercased()
    }
}
