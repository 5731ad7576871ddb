// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import LMSTenancy

    /// One request and what comes back; used by one thread.
    final class CurlTransfer {
        private let request: OutgoingRequest
        private let protection: OutgoingAddresses.Protection
        private let gate: CurlGate
        private var head: [UInt8] = []
        private var body: [UInt8] = []
        private var overflow = false

        /// More than any server's fields.
        private static let headLimit = 64 * 1024

        init(_ request: OutgoingRequest, addresses: OutgoingAddresses) throws(OutgoingError) {
            let url = request.url.reveal()
            let start = url.prefix(8).lowercased()
            guard start.hasPrefix("https://") || start.hasPrefix("http://"), !url.utf8.contains(0) else {
                throw .malformed
            }
            protection = start == "https://" ? .encrypted : .clear
            self.request = request
            gate = CurlGate(addresses, protection)
        }

        /// Sends the request; blocks.
        func perform(trusting certificateFile: String?) throws(OutgoingError) -> OutgoingResponse {
            do {
                return try transfer(trusting: certificateFile)
            } catch let error as OutgoingError {
                throw error
            } catch {
                throw .malformed
            }
        }

        private func transfer(trusting certificateFile: String?) throws -> OutgoingResponse {
            let handle = try CurlHandle()
            let list = try fields()
            try configure(handle, list, certificateFile)
            let bytes = request.body.reveal()
            if request.method != .get {
                try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
                // Without bytes libcurl would read standard input.
                if bytes.isEmpty { try handle.set(CURLOPT_COPYPOSTFIELDS, "") }
            }
            // SAFETY: libcurl reads `bytes` and calls back with `self` only until curl_easy_perform returns, and both live
            // until then.
            let code = withExtendedLifetime(self) {
                unsafe bytes.withUnsafeBytes { buffer in
                    if !bytes.isEmpty, request.method != .get {
                        let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
                        unsafe clms_curl_set_size(handle.pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(buffer.count))
                        unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_POSTFIELDS, start)
                    }
                    return handle.perform()
                }
            }
            if let error = error(of: code) { throw error }
            return OutgoingResponse(status: handle.responseCode, fields: Self.readFields(head), body: body)
        }

        private func fields() throws -> CurlList {
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
            _ handle: borrowing CurlHandle,
            _ list: borrowing CurlList,
            _ certificateFile: String?
        ) throws {
            try handle.set(CURLOPT_URL, request.url.reveal())
            try handle.set(CURLOPT_PROTOCOLS_STR, protection == .encrypted ? "https" : "http,https")
            try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
            // A proxy of the environment would connect for us, unasked whereto.
            try handle.set(CURLOPT_PROXY, "")
            // Time limits without signals, which only the main thread may have.
            try handle.set(CURLOPT_NOSIGNAL, 1)
            try handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
            try handle.set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
            try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
            try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
            try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
            if let certificateFile { try handle.set(CURLOPT_CAINFO, certificateFile) }
            try handle.set(CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1 : 0)
            try handle.set(CURLOPT_MAXREDIRS, request.redirects)
            try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
            try handle.set(CURLOPT_USERAGENT, "lms")
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_HTTPHEADER, list.pointer)
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_WRITEDATA, context)
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_HEADERDATA, context)
            let isSet = unsafe [
                clms_curl_set_transfer(handle.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                    unsafe CurlTransfer.at(context)?.take(bytes, size * count) ?? 0
                },
                clms_curl_set_transfer(handle.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                    unsafe CurlTransfer.at(context)?.takeHead(bytes, size * count) ?? 0
                },
            ]
            guard isSet.allSatisfy({ $0 == CURLE_OK }) else { throw OutgoingError.unavailable }
            do {
                try gate.watch(handle)
            } catch {
                // Without the check of addresses nothing may be sent.
                throw OutgoingError.unavailable
            }
        }

        private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
            // SAFETY: the context is the transfer whose `perform` is running.
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
        fileprivate var milliseconds: Int {
            Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
        }
    }
#endif
