// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSMailDriver
internal import LMSTenancy

#if Curl
    internal import LMSCurlDriver
#endif

extension Configuration.Mail {
    /// What sends mail.
    ///
    /// - Parameter pool: Threads that may wait for a server for a minute; give them no other work.
    /// - Returns: A transport; one that sends nothing if there is no way, or none in this build.
    func transport(pool: SidePool) -> any MailTransport {
        switch route {
        case .server(let server, let certificateFile): server.transport(trusting: certificateFile, pool: pool)
        case .outbox(let directory): FileMailTransport(directory: directory, pool: pool)
        case .nowhere: NoMailTransport()
        }
    }

    /// What sends text messages.
    ///
    /// - Parameters:
    ///   - pool: Threads that wait for a disk.
    ///   - http: Calls a gateway.
    /// - Returns: A transport; one that sends nothing if there is no way.
    func smsTransport(pool: SidePool, http: any HTTPClient) -> any SMSTransport {
        if let smsGateway { return GatewaySMSTransport(http: http, gateway: smsGateway) }
        guard let smsOutbox else { return NoSMSTransport() }
        return FileSMSTransport(directory: smsOutbox, pool: pool)
    }

    /// What `lms doctor` says of mail: connects to the server and signs in there, but sends nothing.
    func finding(in environment: Configuration.Deployment) async -> Finding {
        switch route {
        case .nowhere: Finding("mail", .odd, "goes nowhere; set LMS_SMTP_URL")
        case .outbox(let path):
            Finding("mail", environment == .development ? .good : .odd, "is written to \(path), not sent")
        case .server(let server, let certificateFile): await server.finding(trusting: certificateFile, as: sender)
        }
    }
}

#if Curl
    extension MailServer {
        fileprivate func transport(trusting certificateFile: String?, pool: SidePool) -> any MailTransport {
            smtp(trusting: certificateFile, pool: pool)
        }

        fileprivate func finding(trusting certificateFile: String?, as sender: Mailbox) async -> Finding {
            let place = "\(host):\(port)"
            do {
                let pool = try SidePool(threads: 1, queueLimit: 1)
                try await smtp(trusting: certificateFile, pool: pool).check(as: sender)
                return Finding("mail", .good, "\(place) takes it from \(sender.address.address)")
            } catch MailTransportError.insecure {
                let advice = "has no TLS, or a certificate that is not trusted for that name; see LMS_SMTP_CA_FILE"
                return Finding("mail", .bad, "\(place) \(advice)")
            } catch MailTransportError.tryLater(let code?) {
                return Finding("mail", .bad, "\(place) refuses us with \(code); look at LMS_SMTP_URL")
            } catch {
                return Finding("mail", .bad, "\(place) cannot be reached; look at LMS_SMTP_URL")
            }
        }

        private func smtp(trusting certificateFile: String?, pool: SidePool) -> SMTPTransport {
            var options = SMTPTransport.Options()
            options.certificateFile = certificateFile
            return SMTPTransport(server: self, options: options, pool: pool)
        }

        /// What sends through a server that a tenant chose: only to where tenants may have us connect to, and never for long.
        func transport(within addresses: OutgoingAddresses, pool: SidePool) -> any MailTransport {
            var options = SMTPTransport.Options()
            options.addresses = addresses
            options.connectTimeout = .seconds(5)
            options.timeout = .seconds(20)
            return SMTPTransport(server: self, options: options, pool: pool)
        }
    }
#else
    extension MailServer {
        /// Nothing speaks to mail servers in this build.
        fileprivate func transport(trusting certificateFile: String?, pool: SidePool) -> any MailTransport {
            NoMailTransport()
        }

        fileprivate func finding(trusting certificateFile: String?, as sender: Mailbox) async -> Finding {
            Finding("mail", .bad, "LMS_SMTP_URL needs a build with the package trait Curl")
        }

        func transport(within addresses: OutgoingAddresses, pool: SidePool) -> any MailTransport { NoMailTransport() }
    }
#endif
