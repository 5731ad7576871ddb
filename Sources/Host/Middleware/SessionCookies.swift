// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The cookies of a browser's session: what they are called, and how they are read and written.
///
/// No script reads any of them. Over TLS their names begin with `__Host-`, so that no other host of the domain, such as another
/// tenant's, can set them (RFC 6265bis §4.1.3.2). Without TLS browsers refuse that prefix: there they have plain names, and only
/// where nothing passes a network.
struct SessionCookies: Sendable {
    private let isEncrypted: Bool

    enum Kind: String, Sendable, CaseIterable {
        /// The access token.
        case access = "lms-access"
        /// The refresh token.
        case refresh = "lms-refresh"
        /// What a remembered device keeps.
        case device = "lms-device"

        /// Who follows a link to a page is signed in on it; what renews a session is never sent along from elsewhere.
        fileprivate var sameSite: String { self == .access ? "Lax" : "Strict" }
    }

    /// Those that a client may have; `nil` for one that is reached without TLS on another machine, which has none.
    init?(_ client: ClientAddress) {
        isEncrypted = client.scheme == .https
        guard isEncrypted || client.isThisMachine else { return nil }
    }

    func name(of kind: Kind) -> String { (isEncrypted ? "__Host-" : "") + kind.rawValue }

    /// What a request has under a name; two of one name are none, as it cannot be told who set which.
    func value(of kind: Kind, in head: RequestHead) -> String? {
        let start = name(of: kind) + "="
        var found: [String] = []
        var position = 0
        while let field = head.find(.cookie, from: position) {
            for pair in String(decoding: head.bytes[field.value], as: UTF8.self).split(separator: ";") {
                let bare = pair.drop { $0 == " " }
                if bare.hasPrefix(start) { found.append(String(bare.dropFirst(start.count))) }
            }
            position = field.index + 1
        }
        guard let value = found.first, found.count == 1, (1...4096).contains(value.utf8.count) else { return nil }
        return value
    }

    /// What has a browser keep a value.
    func keeping(_ value: Secret<String>, as kind: Kind, seconds: Int) -> String {
        "\(name(of: kind))=\(value.reveal()); Max-Age=\(seconds)\(attributes(of: kind))"
    }

    /// What has a browser forget the session; a remembered device stays one.
    var forgetting: HTTPFields {
        var fields = HTTPFields()
        for kind in [Kind.access, .refresh] {
            fields.append("set-cookie", "\(name(of: kind))=; Max-Age=0\(attributes(of: kind))")
        }
        return fields
    }

    private func attributes(of kind: Kind) -> String {
        "; Path=/; HttpOnly; SameSite=\(kind.sameSite)\(isEncrypted ? "; Secure" : "")"
    }
}

extension ClientAddress {
    /// Whether the host is the client's own machine (RFC 6761 §6.3), whose traffic nobody else sees.
    var isThisMachine: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "127.0.0.1" || host == "[::1]"
    }
}
