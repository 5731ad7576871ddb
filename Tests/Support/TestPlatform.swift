// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import Foundation
import LMSCryptDriver
import LMSEventLoop
public import LMSKit
import LMSOpenSSLDriver
public import LMSTenancy
import Synchronization

/// The domain's services over real cryptography, with a clock that a test turns.
public struct TestPlatform: Sendable {
    /// The services.
    public let lms: LMS
    /// Their clock.
    public let clock: TestClock
    /// Their cryptography.
    public let cryptography: any Cryptography
    /// What encrypts messages and signs tokens for others.
    public let messages: any MessageCryptography
    /// What was mailed.
    public let mail: RecordingMail
    /// Counts the passwords that were hashed or checked.
    public let hashing: CountedPasswordHashing
    /// The codes that were sent.
    public let codes = SentCodes()

    private static let pool = Result { try SidePool(threads: 2, queueLimit: 1_000, name: "hash") }

    /// Puts the services together, as a process that shares nothing with others but the database.
    ///
    /// - Parameters:
    ///   - clock: Their clock; one that others have too, if several stand for several processes.
    ///   - masterKeys: Their master keys; one named `test` if nothing else is said.
    ///   - auditAnchors: Where the ends of the audit logs are written down.
    ///   - http: Calls other servers; none answers without.
    ///   - pushing: Changes what telling people on their devices needs.
    ///   - certificates: What draws and keeps certificates; nobody does without.
    ///   - media: What makes and keeps media; nobody does without.
    /// - Throws: If OpenSSL or libcrypt cannot be used.
    public init(
        clock: TestClock = TestClock(),
        masterKeys: MasterKeys? = nil,
        auditAnchors: (any AuditAnchorStore)? = nil,
        http: any HTTPClient = NoHTTPClient(),
        pushing: (inout PushPorts) -> Void = { _ in },
        certificates: CertificatePorts = .none,
        media: MediaPorts = .none
    ) throws {
        self.clock = clock
        let mail = RecordingMail()
        self.mail = mail
        let openSSL = try OpenSSLCryptography()
        cryptography = openSSL
        messages = openSSL
        hashing = CountedPasswordHashing(try CryptPasswordHashing(pool: try Self.pool.get(), cost: 1))
        var push = PushPorts(http: http, cryptography: openSSL, contact: "mailto:push@example.org")
        pushing(&push)
        lms = LMS(
            cryptography: cryptography,
            passwordHashing: hashing,
            masterKeys: try masterKeys ?? Self.masterKeys("test", byte: 42),
            clock: clock.wall,
            auditAnchors: auditAnchors,
            messages: .through(mail, codes: codes),
            federation: FederationPorts(http: http, verification: openSSL),
            push: push,
            certificates: certificates,
            media: media
        )
    }

    /// Registers a student with the password `correct horse`.
    ///
    /// - Parameters:
    ///   - name: The start of their address.
    ///   - tenant: The tenant, perhaps with other settings than it has.
    ///   - tenants: Opens transactions.
    /// - Returns: The user and their tokens.
    /// - Throws: `SignInError`.
    public func register(_ name: String, at tenant: Tenant, tenants: Tenants) async throws -> SignedIn {
        let registered = try await lms.signIn.register(
            try Self.email(name),
            password: try Password("correct horse"),
            displayName: name.prefix(1).uppercased() + name.dropFirst(),
            at: tenant,
            accounts: lms.accounts,
            tenants: tenants
        )
        guard case .signedIn(let signedIn) = registered else { throw TestFailure("not signed in") }
        return signedIn
    }

    /// Master keys of one key.
    ///
    /// - Parameters:
    ///   - name: The key's name.
    ///   - byte: What it is made of.
    /// - Returns: The keys.
    /// - Throws: If the name is none.
    public static func masterKeys(_ name: String, byte: UInt8) throws -> MasterKeys {
        guard let key = MasterKey(name: name, secret: Secret(Array(repeating: byte, count: 32))) else {
            throw TestFailure("bad master key")
        }
        return MasterKeys(current: key)
    }

    /// Master keys of several keys.
    ///
    /// - Parameter keys: The keys' names and what they are made of, the one that seals first.
    /// - Returns: The keys.
    /// - Throws: If a name is none.
    public static func masterKeys(_ keys: [(name: String, byte: UInt8)]) throws -> MasterKeys {
        let all = keys.compactMap { MasterKey(name: $0.name, secret: Secret(Array(repeating: $0.byte, count: 32))) }
        guard let current = all.first, all.count == keys.count else { throw TestFailure("bad master key") }
        return MasterKeys(current: current, earlier: Array(all.dropFirst()))
    }

    /// Makes a user without a password.
    ///
    /// - Parameters:
    ///   - name: The start of their address.
    ///   - roles: Their roles.
    ///   - tenant: Their tenant.
    /// - Returns: Who acts when they do.
    /// - Throws: `UserError`.
    public func member(_ name: String, _ roles: BuiltInRole..., of tenant: TestTenant) async throws -> Principal {
        let new = NewUser(email: try Self.email(name), password: nil)
        let user = try await tenant.transaction { session in
            try await lms.users.create(new, roles: roles.map(\.name), session: session)
        }
        var grants = Grants()
        for role in roles { grants.formUnion(role.grants) }
        return Principal(.user(user.id), grants: grants)
    }

    /// An address.
    ///
    /// - Parameter name: What stands before the `@`.
    /// - Returns: The address at example.org.
    /// - Throws: If that is none.
    public static func email(_ name: String) throws -> Email {
        guard let email = Email("\(name)@example.org") else { throw TestFailure("bad address") }
        return email
    }
}

/// A clock that stands still until a test turns it.
public final class TestClock: Sendable {
    private let time: Mutex<Date>

    /// Makes a clock that shows the present, to the second.
    public init() {
        time = Mutex(Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)))
    }

    /// The clock as services take it.
    public var wall: WallClock { WallClock { self.time.withLock { $0 } } }

    /// Turns the clock.
    ///
    /// - Parameter seconds: How far.
    public func advance(by seconds: TimeInterval) {
        time.withLock { $0.addTimeInterval(seconds) }
    }
}

/// Counts what it is asked.
public final class CountedPasswordHashing: PasswordHashing {
    private let hashing: any PasswordHashing
    private let count = Mutex(0)

    init(_ hashing: any PasswordHashing) {
        self.hashing = hashing
    }

    /// How many passwords were hashed or checked.
    public var calls: Int { count.withLock { $0 } }

    /// Hashes a password.
    public func hash(_ password: Secret<String>) async throws(PasswordHashingError) -> String {
        count.withLock { $0 += 1 }
        return try await hashing.hash(password)
    }

    /// Checks a password.
    public func verify(
        _ password: Secret<String>,
        against hash: String?
    ) async throws(PasswordHashingError) -> PasswordVerdict {
        count.withLock { $0 += 1 }
        return try await hashing.verify(password, against: hash)
    }
}

/// What a test could not set up.
public struct TestFailure: Error, CustomStringConvertible {
    /// What it was.
    public let description: String

    /// Says what it was.
    ///
    /// - Parameter description: What it was.
    public init(_ description: String) {
        self.description = description
    }
}
