// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension RequestContext {
    /// The address that the client reached the tenant at, without a path.
    var ownAddress: String { host.facts.ownAddress }

    /// The cookie that binds a browser to what it was sent for.
    ///
    /// `Lax`, because the provider's answer is a navigation from another site; `__Host-` keeps other hosts of the domain
    /// from setting it (RFC 6265bis §4.1.3.2).
    func cookie(_ binding: BrowserBinding) -> String {
        "\(cookieName(binding.name))=\(binding.value.reveal()); Max-Age=\(BrowserBinding.lifetimeInSeconds)\(cookieEnd)"
    }

    func expiredCookie(named name: String) -> String {
        "\(cookieName(name))=; Max-Age=0\(cookieEnd)"
    }

    /// What the browser keeps under a name; two of one name are none, as it cannot be told who set which.
    func binding(named name: String) -> Secret<String>? {
        let start = cookieName(name) + "="
        let found = (self[.cookie] ?? "").split(separator: ";").compactMap { pair -> String? in
            let bare = pair.drop { $0 == " " }
            return bare.hasPrefix(start) ? String(bare.dropFirst(start.count)) : nil
        }
        return found.count == 1 ? Secret(found[0]) : nil
    }

    private var isEncrypted: Bool { host.client.scheme == .https }
    private var cookieEnd: String { "; Path=/; HttpOnly; SameSite=Lax\(isEncrypted ? "; Secure" : "")" }
    private func cookieName(_ name: String) -> String { "\(isEncrypted ? "__Host-" : "")lms-federated-\(name)" }
}

extension HTTPFields {
    /// One field that has the browser keep something.
    static func cookie(_ value: String) -> HTTPFields {
        var fields = HTTPFields()
        fields.append("set-cookie", value)
        return fields
    }
}
