// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import LMSKit
    internal import LMSTenancy

    /// One message on its way, with all that libcurl reads until it is there; used by one thread.
    struct SMTPTransfer: ~Copyable {
        private let handle: CurlHandle
        private let recipients: CurlList
        private let fields: CurlList
        private let content: CurlMime
        private let gate: CurlGate?

        init(
            _ mail: OutgoingMail,
            through server: MailServer,
            _ options: SMTPTransport.Options
        ) throws(CurlRefusal) {
            let handle = try CurlHandle()
            var recipients = CurlList()
            try recipients.append(mail.to.address)
            var fields = CurlList()
            for field in mail.fields { try fields.append("\(field.name): \(field.value)") }
            // libcurl adds the boundary; without this line it would say multipart/mixed.
            try fields.append("Content-Type: multipart/alternative")
            let content = try CurlMime(for: handle)
            for (type, bytes) in mail.alternatives { try content.append(bytes, type: type) }

            try Self.connect(handle, to: server, as: mail.from.address, options)
            try handle.set(CURLOPT_MAIL_FROM, mail.from.address.address)
            // SAFETY: libcurl reads these three until the transfer is over, and they live as long as the handle in `self`.
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_MAIL_RCPT, recipients.pointer)
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_HTTPHEADER, fields.pointer)
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_MIMEPOST, UnsafeMutableRawPointer(content.pointer))
            let gate = try Self.watch(handle, to: server, options)
            self.gate = gate
            self.handle = handle
            self.recipients = recipients
            self.fields = fields
            self.content = content
        }

        /// Only greets the server and signs in.
        init(checking server: MailServer, as sender: Email, _ options: SMTPTransport.Options) throws(CurlRefusal) {
            let handle = try CurlHandle()
            try Self.connect(handle, to: server, as: sender, options)
            try handle.set(CURLOPT_CONNECT_ONLY, 1)
            // All that may fail before the first property is set: they cannot be copied, nor be there in part.
            let gate = try Self.watch(handle, to: server, options)
            content = try CurlMime(for: handle)
            recipients = CurlList()
            fields = CurlList()
            self.gate = gate
            self.handle = handle
        }

        /// Has the addresses looked at that are connected to.
        private static func watch(
            _ handle: borrowing CurlHandle,
            to server: MailServer,
            _ options: SMTPTransport.Options
        ) throws(CurlRefusal) -> CurlGate? {
            guard let addresses = options.addresses else { return nil }
            let gate = CurlGate(addresses, server.protection == .none ? .clear : .encrypted)
            try gate.watch(handle)
            return gate
        }

        private static func connect(
            _ handle: borrowing CurlHandle,
            to server: MailServer,
            as sender: Email,
            _ options: SMTPTransport.Options
        ) throws(CurlRefusal) {
            let isImplicit = server.protection == .implicitTLS
            let host = server.host.contains(":") ? "[\(server.host)]" : server.host
            // What the server is greeted with: a machine's own name may have no dot, which some servers refuse.
            let greeting = sender.address.drop { $0 != "@" }.dropFirst()
            try handle.set(CURLOPT_URL, "\(isImplicit ? "smtps" : "smtp")://\(host):\(server.port)/\(greeting)")
            try handle.set(CURLOPT_PROTOCOLS_STR, isImplicit ? "smtps" : "smtp")
            // A proxy of the environment would see what is sent in the clear.
            try handle.set(CURLOPT_PROXY, "")
            if server.protection != .none { try handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
            try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
            try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
            try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
            if let file = options.certificateFile {
                try handle.set(CURLOPT_CAINFO, file)
                // The system's directory would be looked at too.
                try handle.set(CURLOPT_CAPATH, nil)
            }
            if let login = server.login {
                try handle.set(CURLOPT_USERNAME, login.user)
                try handle.set(CURLOPT_PASSWORD, login.password.reveal())
            }
            // Time limits without signals, which only the main thread may have.
            try handle.set(CURLOPT_NOSIGNAL, 1)
            try handle.set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.inMilliseconds)
            try handle.set(CURLOPT_TIMEOUT_MS, options.timeout.inMilliseconds)
            // Also how long the farewell may take, which no other limit bounds.
            let patience = max(1, Int(options.timeout.components.seconds))
            try handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, patience)
            // What the server says is of no use, and would be written to standard output.
            unsafe clms_curl_set_transfer(handle.pointer, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        }

        /// Sends the message; blocks.
        borrowing func perform() throws(MailTransportError) {
            // The gate is asked meanwhile.
            let code = withExtendedLifetime(gate) { handle.perform() }
            if let error = error(of: code) { throw error }
        }

        private borrowing func error(of code: CURLcode) -> MailTransportError? {
            switch code {
            case CURLE_OK: nil
            case CURLE_USE_SSL_FAILED, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR:
                .insecure
            // Refused where sender, recipient or content were named. Everywhere else the server has something against us
            // or our password, and the message is as good as before.
            case CURLE_SEND_ERROR, CURLE_WEIRD_SERVER_REPLY: refusal(ofContent: code == CURLE_WEIRD_SERVER_REPLY)
            case CURLE_COULDNT_CONNECT where gate?.hasRefused == true: .addressRefused
            default: .tryLater(code: reply)
            }
        }

        private borrowing func refusal(ofContent isOfContent: Bool) -> MailTransportError {
            guard let reply, reply >= 500, !Self.isOfLogin(reply) else { return .tryLater(code: reply) }
            // A greeting is as weird a reply as one to the content, but before that nothing was sent.
            return isOfContent && handle.uploaded == 0 ? .tryLater(code: reply) : .refused(code: reply)
        }

        /// The server's last reply if it was a refusal.
        private var reply: Int? {
            let code = handle.responseCode
            return (400...599).contains(code) ? code : nil
        }

        /// Whether a refusal is of who we are (RFC 4954 §6).
        private static func isOfLogin(_ code: Int) -> Bool {
            [530, 534, 535, 538].contains(code)
        }
    }

    extension Duration {
        /// Whole milliseconds, one at least: none would be no limit.
        fileprivate var inMilliseconds: Int {
            max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
        }
    }
#endif
