// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import LMSTenancy

    /// Where a request goes, as libcurl itself reads its address.
    struct CurlTarget: Sendable, Hashable {
        let isEncrypted: Bool
        /// A name, or an address however it was spelled.
        let host: String
        let port: String

        init(of request: OutgoingRequest) throws(OutgoingError) {
            let url = request.url.reveal()
            let start = url.prefix(8).lowercased()
            guard start.hasPrefix("https://") || start.hasPrefix("http://"), !url.utf8.contains(0),
                let host = Self.part(CURLUPART_HOST, of: url), let port = Self.part(CURLUPART_PORT, of: url)
            else { throw .malformed }
            isEncrypted = start == "https://"
            self.host = host.lowercased()
            self.port = port
        }

        private static func part(_ part: CURLUPart, of url: String) -> String? {
            guard let text = unsafe clms_curl_url_part(url, part) else { return nil }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
    }

    /// What is the same for all requests of a client.
    struct CurlSettings: Sendable {
        let addresses: OutgoingAddresses
        let certificateFile: String?
        /// What names stand for at the moment, in place of the system's resolver.
        let naming: CurlNaming?

        /// What libcurl is told of a target's name.
        func names(of target: CurlTarget) throws(CurlRefusal) -> CurlList {
            var list = CurlList()
            guard let addresses = naming?(target.host), !addresses.isEmpty else { return list }
            try list.append("\(target.host):\(target.port):\(addresses.joined(separator: ","))")
            return list
        }
    }

    /// Says which addresses a name stands for; none leaves it to the system.
    package typealias CurlNaming = @Sendable (_ host: String) -> [String]
#endif
