// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import LMSTenancy

    /// One request on its way and what came back so far; used by one thread.
    ///
    /// Whoever adds it to a set of transfers keeps it until it was removed.
    final class CurlTransfer {
        private let request: OutgoingRequest
        private let gate: CurlGate
        private let list: CurlList
        private let names: CurlList
        let handle: CurlHandle
        private var head: [UInt8] = []
        private var body: [UInt8] = []
        private var overflow = false

        /// More than any server's fields.
        private static let headLimit = 64 * 1024
        /// How long authorities that were read once are believed, in seconds.
        private static let authoritiesLifetime = 3600

        /// Prepares a request.
        ///
        /// - Parameters:
        ///   - request: The request.
        ///   - target: Where it goes.
        ///   - settings: What is the same for all requests.
        ///   - timeout: What is left of the request's time.
        /// - Throws: `OutgoingError.malformed` if the address or a field makes no sense; `.unavailable` without memory.
        init(
            _ request: OutgoingRequest,
            to target: CurlTarget,
            _ settings: CurlSettings,
            within timeout: Duration
        ) throws(OutgoingError) {
            self.request = request
            let protection: OutgoingAddresses.Protection = target.isEncrypted ? .encrypted : .clear
            gate = CurlGate(settings.addresses, protection)
            do {
                list = try CurlTransfer.fields(of: request)
                names = try settings.names(of: target)
                handle = try CurlHandle()
                try configure(protection, settings, within: timeout)
                try gate.watch(handle)
            } catch let error as OutgoingError {
                throw error
            } catch {
                // Without one of the options, such as the check of addresses, nothing may be sent.
                throw .unavailable
            }
        }

        /// What the end of the transfer means.
        func result(_ code: CURLcode) -> Result<OutgoingResponse, OutgoingError> {
            if let error = error(of: code) { return .failure(error) }
            guard request.version != .http2 || handle.isHTTP2 else { return .failure(.broken) }
            let fields = Self.readFields(head)
            return .success(OutgoingResponse(status: handle.responseCode, fields: fields, body: body))
        }

        private static func fields(of request: OutgoingRequest) throws -> CurlList {
            var list = CurlList()
            for (name, value) in request.fields.reveal() {
                guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                    value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
                else { throw OutgoingError.malformed }
                try list.append("\(name): \(value)")
            }
            // Not waiting for "100 Continue", which few servers send.
            try list.append("Expect:")
            return list
        }

        private func configure(
            _ protection: OutgoingAddresses.Protection,
            _ settings: CurlSettings,
            within timeout: Duration
        ) throws {
            do {
                try handle.set(CURLOPT_URL, request.url.reveal())
            } catch {
                throw OutgoingError.malformed
            }
            try handle.set(CURLOPT_PROTOCOLS_STR, protection == .encrypted ? "https" : "http,https")
            try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
            // A proxy of the environment would connect for us, unasked whereto.
            try handle.set(CURLOPT_PROXY, "")
            // Each request connects for itself and so is asked about, unless it says that it need not; a kept connection
            // may also be dead, and libcurl would send what may not be sent twice a second time.
            try handle.set(CURLOPT_FRESH_CONNECT, request.sharesConnection ? 0 : 1)
            try handle.set(CURLOPT_FORBID_REUSE, request.sharesConnection ? 0 : 1)
            // Better beside others on the connection that is being made than on one more.
            try handle.set(CURLOPT_PIPEWAIT, request.sharesConnection ? 1 : 0)
            if request.version == .http2 {
                let version = protection == .encrypted ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
                try handle.set(CURLOPT_HTTP_VERSION, version)
            }
            try handle.set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
            // Time limits without signals, which only the main thread may have.
            try handle.set(CURLOPT_NOSIGNAL, 1)
            // A transfer that is given up does not wait for the thread that still resolves its name.
            try handle.set(CURLOPT_QUICK_EXIT, 1)
            try handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(request.connectTimeout, timeout).milliseconds))
            try handle.set(CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds))
            try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
            try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
            try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
            if let file = settings.certificateFile { try handle.set(CURLOPT_CAINFO, file) }
            // libcurl keeps the authorities of a file in memory, but not if there is a folder of them besides.
            if unsafe clms_curl_has_authorities_file(handle.pointer) != 0 { try handle.set(CURLOPT_CAPATH, nil) }
            try handle.set(CURLOPT_CA_CACHE_TIMEOUT, Self.authoritiesLifetime)
            try handle.set(CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1 : 0)
            try handle.set(CURLOPT_MAXREDIRS, request.redirects)
            try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
            try handle.set(CURLOPT_USERAGENT, "lms")
            try setContent()
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            let isSet = unsafe [
                clms_curl_set_pointer(handle.pointer, CURLOPT_HTTPHEADER, list.pointer),
                clms_curl_set_pointer(handle.pointer, CURLOPT_RESOLVE, names.pointer),
                clms_curl_set_pointer(handle.pointer, CURLOPT_WRITEDATA, context),
                clms_curl_set_pointer(handle.pointer, CURLOPT_HEADERDATA, context),
                clms_curl_set_transfer(handle.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                    unsafe CurlTransfer.at(context)?.take(bytes, size * count) ?? 0
                },
                clms_curl_set_transfer(handle.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                    unsafe CurlTransfer.at(context)?.takeHead(bytes, size * count) ?? 0
                },
            ]
            guard isSet.allSatisfy({ $0 == CURLE_OK }) else { throw OutgoingError.unavailable }
        }

        /// Has the handle send the method and a copy of the content.
        private func setContent() throws {
            guard request.method != .get else { return }
            // By the name alone libcurl would wait for the content that the reply announces.
            guard request.method != .head else { return try handle.set(CURLOPT_NOBODY, 1) }
            try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
            let bytes = request.body.reveal()
            // Without bytes libcurl would read standard input.
            guard !bytes.isEmpty else { return try handle.set(CURLOPT_COPYPOSTFIELDS, "") }
            let code = unsafe bytes.withUnsafeBytes { buffer in
                let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
                unsafe clms_curl_set_size(handle.pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(buffer.count))
                // SAFETY: libcurl copies as many bytes as the size before says, and only reads them.
                return unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_COPYPOSTFIELDS, start)
            }
            guard code == CURLE_OK else { throw CurlRefusal() }
        }

        private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
            // SAFETY: the context is the transfer that whoever added it keeps until it was removed.
            unsafe context.map { unsafe Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
        }

        private func take(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
            guard body.count + count <= request.limitInBytes else {
                overflow = true
                return 0
            }
            unsafe body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        }

        private func takeHead(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            // A status line begins the fields of the next reply: after a redirection only the last one's count.
            if unsafe line.starts(with: "HTTP/".utf8) { head.removeAll() }
            guard head.count + count <= Self.headLimit else {
                overflow = true
                return 0
            }
            unsafe head.append(contentsOf: line)
            return count
        }

        private func error(of code: CURLcode) -> OutgoingError? {
            switch code {
            case CURLE_OK: nil
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_LOGIN_DENIED: .malformed
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE: .untrusted
            case CURLE_WRITE_ERROR where overflow: .tooLarge
            case CURLE_COULDNT_CONNECT where gate.hasRefused: .refusedAddress
            case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: .unreachable
            default: .broken
            }
        }

        private static func readFields(_ head: [UInt8]) -> [(name: String, value: String)] {
            head.split(separator: UInt8(ascii: "\n")).compactMap { line in
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                let blanks: Set<UInt8> = [0x20, 0x09, 0x0D]
                var value = line[(colon + 1)...]
                while let last = value.last, blanks.contains(last) { value.removeLast() }
                return (name, String(decoding: value.drop { blanks.contains($0) }, as: UTF8.self))
            }
        }
    }

    extension Duration {
        /// Whole milliseconds.
        var milliseconds: Int {
            Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
        }
    }
#endif
