// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import FoundationEssentials
package import LMSTenancy

/// What an identity token of OpenID Connect says, after every check of OpenID Connect Core §3.1.3.7.
package struct IdentityToken: Sendable {
    /// Who made it; for a provider of many directories the person's own.
    package let issuer: String
    /// Whom it is about, as the issuer calls them.
    package let subject: String
    /// Everything that it says.
    package let claims: JSONValue

    /// How far clocks may differ.
    static let leeway: TimeInterval = 300
    /// How old a token may be that was asked for a moment ago: Microsoft dates them five minutes back.
    static let age: TimeInterval = 600

    /// What a token must be.
    package struct Expectation: Sendable {
        /// Who makes it; `{tenantid}` stands for the directory that `tid` names.
        package var issuer: String
        /// Other spellings of the issuer that are as good.
        package var issuerAliases: Set<String>
        /// Whom it is for: the client's identifier.
        package var clientID: String
        /// The algorithms that are taken.
        package var algorithms: Set<SignatureAlgorithm>
        /// What was sent with the question.
        package var nonce: String
        /// The access token that came with it.
        package var accessToken: Secret<String>?
        /// The directories that a person may be in; any if empty.
        package var directories: Set<String>

        /// Describes what is expected.
        ///
        /// - Parameters:
        ///   - issuer: Who makes it.
        ///   - issuerAliases: Other spellings of the issuer.
        ///   - clientID: The client's identifier.
        ///   - algorithms: The algorithms that are taken.
        ///   - nonce: What was sent with the question.
        ///   - accessToken: The access token that came with it.
        ///   - directories: The directories that a person may be in.
        package init(
            issuer: String,
            issuerAliases: Set<String> = [],
            clientID: String,
            algorithms: Set<SignatureAlgorithm> = [.rs256],
            nonce: String,
            accessToken: Secret<String>? = nil,
            directories: Set<String> = []
        ) {
            self.issuer = issuer
            self.issuerAliases = issuerAliases
            self.clientID = clientID
            self.algorithms = algorithms
            self.nonce = nonce
            self.accessToken = accessToken
            self.directories = directories
        }
    }

    /// Reads a token and checks everything.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - keys: The provider's keys.
    ///   - expected: What it must be.
    ///   - now: The time.
    ///   - verification: The cryptographic primitives.
    /// - Throws: `ForeignTokenError`; `.unknownKey` may be cured by reading the provider's keys anew.
    package init(
        _ text: String,
        keys: JSONWebKeySet,
        expected: Expectation,
        at now: Date,
        _ verification: any SignatureVerification
    ) throws(ForeignTokenError) {
        let token = try ForeignToken(text)
        // A token of another kind must not be taken for one that identifies (RFC 8725 §3.11).
        guard token.type == nil || token.type == "jwt" else { throw .claim(.type) }
        try token.verify(with: keys, allowing: expected.algorithms, verification)
        let claims = try token.readClaims()
        issuer = try claims.issuer(expected)
        try claims.requireAudience(expected.clientID)
        try claims.requireTimes(at: now)
        guard claims["nonce"]?.text == expected.nonce else { throw .claim(.nonce) }
        if let hash = claims["at_hash"], let accessToken = expected.accessToken {
            let digest = verification.digest(Array(accessToken.reveal().utf8), with: token.algorithm.digest)
            guard hash.text == Base64URL.encode(digest.prefix(digest.count / 2)) else {
                throw .claim(.accessTokenHash)
            }
        }
        guard let subject = claims["sub"]?.text, (1...255).contains(subject.utf8.count) else {
            throw .claim(.subject)
        }
        self.subject = subject
        self.claims = claims
    }
}

extension ForeignToken {
    /// The claims of a token whose signature was checked.
    func readClaims() throws(ForeignTokenError) -> JSONValue {
        do {
            let claims = try JSONValue.parse(payload, maximumDepth: 8)
            guard case .object = claims else { throw ForeignTokenError.malformed }
            return claims
        } catch {
            throw .malformed
        }
    }
}

extension JSONValue {
    /// The issuer, if it is the expected one.
    fileprivate func issuer(_ expected: IdentityToken.Expectation) throws(ForeignTokenError) -> String {
        guard let issuer = self["iss"]?.text else { throw .claim(.issuer) }
        var wanted = expected.issuer
        if wanted.contains("{tenantid}") || !expected.directories.isEmpty {
            guard let directory = self["tid"]?.text, UUID(uuidString: directory) != nil else {
                throw .claim(.directory)
            }
            guard expected.directories.isEmpty || expected.directories.contains(directory) else {
                throw .claim(.directory)
            }
            wanted = wanted.replacing("{tenantid}", with: directory)
        }
        guard issuer == wanted || expected.issuerAliases.contains(issuer) else { throw .claim(.issuer) }
        return wanted
    }

    /// OpenID Connect Core §3.1.3.7, steps 3 to 5.
    func requireAudience(_ clientID: String) throws(ForeignTokenError) {
        switch self["aud"] {
        case .string(clientID): break
        case .array(let audiences):
            guard audiences.contains(.string(clientID)) else { throw .claim(.audience) }
            guard audiences.count == 1 || self["azp"] != nil else { throw .claim(.authorizedParty) }
        default: throw .claim(.audience)
        }
        if let party = self["azp"], party.text != clientID { throw .claim(.authorizedParty) }
    }

    /// When it was made, not long ago, and until when it is good.
    func requireTimes(at now: Date) throws(ForeignTokenError) {
        let now = now.timeIntervalSince1970
        guard let expiry = self["exp"]?.seconds, expiry + IdentityToken.leeway > now else { throw .claim(.expiry) }
        guard let issued = self["iat"]?.seconds, issued - IdentityToken.leeway <= now,
            issued + IdentityToken.age >= now
        else { throw .claim(.issuedAt) }
        if let start = self["nbf"] {
            guard let start = start.seconds, start - IdentityToken.leeway <= now else { throw .claim(.notBefore) }
        }
    }

    /// A NumericDate, which may have a fraction (RFC 7519 §2).
    private var seconds: Double? {
        guard case .number(let text) = self, let seconds = Double(text), seconds.isFinite, seconds >= 0 else {
            return nil
        }
        return seconds
    }
}
