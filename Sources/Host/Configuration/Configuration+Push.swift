// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension Configuration {
    /// What telling people on their devices needs.
    struct Push: Sendable {
        /// Where the services are.
        let services: PushServices
        /// Whom a push service may ask about what is sent.
        let contact: String
    }
}

extension Configuration.Push {
    init(_ reader: inout EnvironmentReader, environment: Configuration.Deployment, sender: Mailbox) {
        func address(_ name: String, _ fallback: String) -> String {
            let schemes = environment == .production ? ["https://"] : ["https://", "http://"]
            return reader.value(name, "an address that begins with \(schemes.joined(separator: " or "))") { text in
                let isAddress = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>?#@".utf8.contains($0) }
                guard isAddress, let scheme = schemes.first(where: text.hasPrefix), text.count > scheme.count else {
                    return nil
                }
                return text.hasSuffix("/") ? String(text.dropLast()) : text
            } ?? fallback
        }
        var services = PushServices()
        services.fcm = address("LMS_FCM_URL", services.fcm)
        services.fcmTokens = address("LMS_FCM_TOKEN_URL", services.fcmTokens)
        services.apns = address("LMS_APNS_URL", services.apns)
        services.apnsSandbox = address("LMS_APNS_SANDBOX_URL", services.apnsSandbox)
        self.services = services
        contact =
            reader.value("LMS_PUSH_CONTACT", "mailto: and an address, or an address that begins with https://") {
                text in
                if text.hasPrefix("mailto:") { return Email(String(text.dropFirst(7))) == nil ? nil : text }
                let isAddress = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>".utf8.contains($0) }
                return isAddress && text.hasPrefix("https://") && text.count > 8 ? text : nil
            } ?? "mailto:\(sender.address.address)"
    }
}
