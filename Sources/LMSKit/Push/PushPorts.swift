// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What pushes need of the outside.
public struct PushPorts: Sendable {
    /// Calls push services.
    public var http: any HTTPClient
    /// Encrypts messages and signs tokens; `nil` where nothing is pushed.
    public var cryptography: (any MessageCryptography)?
    /// What may be connected to; asked when a browser is registered too, where its address is a number.
    public var addresses: OutgoingAddresses
    /// Whom a push service may ask: `mailto:…` or `https://…` (RFC 8292 §2.1).
    public var contact: String
    /// Where the services are.
    public var services: PushServices
    /// Sends in place of our own drivers.
    public var transport: (any PushTransport)?

    /// Puts the ports together.
    ///
    /// - Parameters:
    ///   - http: Calls push services.
    ///   - cryptography: Encrypts messages and signs tokens.
    ///   - addresses: What may be connected to.
    ///   - contact: Whom a push service may ask.
    ///   - services: Where the services are.
    ///   - transport: Sends in place of our own drivers.
    public init(
        http: any HTTPClient,
        cryptography: (any MessageCryptography)?,
        addresses: OutgoingAddresses = OutgoingAddresses(),
        contact: String,
        services: PushServices = PushServices(),
        transport: (any PushTransport)? = nil
    ) {
        self.http = http
        self.cryptography = cryptography
        self.addresses = addresses
        self.contact = contact
        self.services = services
        self.transport = transport
    }

    /// Nothing is pushed, and no device is registered.
    public static let none = PushPorts(http: NoHTTPClient(), cryptography: nil, contact: "mailto:nobody@example.org")
}

/// Where push services are; `https://` and no slash at the end.
public struct PushServices: Sendable, Hashable {
    /// Firebase Cloud Messaging.
    public var fcm = "https://fcm.googleapis.com"
    /// Where service accounts get their tokens.
    public var fcmTokens = "https://oauth2.googleapis.com/token"
    /// The Apple Push Notification service.
    public var apns = "https://api.push.apple.com"
    /// The same for apps under development.
    public var apnsSandbox = "https://api.sandbox.push.apple.com"

    /// The services' own addresses.
    public init() {}
}
