// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    public import LMSEventLoop
    public import LMSKit
    public import LMSTenancy

    /// Sends mail through a server, with libcurl: one connection on a thread of a side pool for each message.
    public struct SMTPTransport: MailTransport {
        private let server: MailServer
        private let options: Options
        private let pool: SidePool

        /// What is seldom changed.
        public struct Options: Sendable {
            /// The authorities that are trusted, in PEM, instead of the system's.
            public var certificateFile: String?
            /// What may be connected to, for a server that somebody else than the operator chose; anything without.
            public var addresses: OutgoingAddresses?
            /// How long to wait for a connection, TLS included.
            public var connectTimeout = Duration.seconds(10)
            /// How long a message may take in all.
            public var timeout = Duration.seconds(60)

            /// The system's authorities, ten seconds for a connection and a minute for a message.
            public init() {}
        }

        /// Prepares the sending; nothing is connected to yet.
        ///
        /// - Parameters:
        ///   - server: Where messages are handed over.
        ///   - options: What is trusted, and how long to wait.
        ///   - pool: The threads that send: as many messages are on their way at a time, and as many as it says wait.
        public init(server: MailServer, options: Options = Options(), pool: SidePool) {
            self.server = server
            self.options = options
            self.pool = pool
        }

        /// Hands one message over; cancelling the caller does not take it back.
        public func send(_ mail: OutgoingMail) async throws(MailTransportError) {
            let (server, options) = (server, options)
            try await onPool { try SMTPTransfer(mail, through: server, options).perform() }
        }

        /// Connects to the server and signs in there, without sending anything.
        ///
        /// - Parameter sender: Who would send.
        /// - Throws: `MailTransportError.insecure` without TLS or a good certificate; `.tryLater` if the server cannot be
        ///   reached or refuses us.
        public func check(as sender: Mailbox) async throws(MailTransportError) {
            let (server, options) = (server, options)
            try await onPool { try SMTPTransfer(checking: server, as: sender.address, options).perform() }
        }

        private func onPool(_ body: @escaping @Sendable () throws -> Void) async throws(MailTransportError) {
            do {
                try await pool.run(body)
            } catch let error as MailTransportError {
                throw error
            } catch {
                // Too many messages wait, or there is no memory.
                throw .tryLater(code: nil)
            }
        }
    }
#endif
