// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A verifiable credential (VC Data Model 2.0) as it is signed.
///
/// The payload is the credential itself, with the registered claims that repeat its identifier, issuer and dates
/// (Open Badges 3.0 §8.2.4; JOSE and COSE §3.1.1), so nothing wraps it.
struct SignedCredential {
    /// The members of the credential.
    let members: [JSONMember]
    /// What it is called, a URL.
    let id: String
    let issuer: String
    let validFrom: Date
    let validUntil: Date?

    /// Signs it as a JWS in compact form (RFC 7515 §7.1).
    ///
    /// The header has exactly `alg`, `kid` and `typ`, as Open Badges 3.0 §8.2.3 allows; `alg` is EdDSA (RFC 8037 §3.1) and
    /// `kid` the verification method in the issuer's DID document.
    func signed(with key: CredentialKey, _ cryptography: any Cryptography) throws -> String {
        var header = JSONWriter()
        header.object { object in
            object.field("alg", "EdDSA")
            object.field("kid", key.name)
            object.field("typ", "JWT")
        }
        var claims = members
        claims.append(JSONMember(name: "iss", value: .string(issuer)))
        claims.append(JSONMember(name: "jti", value: .string(id)))
        claims.append(JSONMember("nbf", Int(validFrom.timeIntervalSince1970)))
        if let validUntil { claims.append(JSONMember("exp", Int(validUntil.timeIntervalSince1970))) }
        var payload = JSONWriter(capacity: 2048)
        payload.value(JSONValue.object(claims))
        let message = Base64URL.encode(header.bytes) + "." + Base64URL.encode(payload.bytes)
        let signature = try cryptography.sign(Array(message.utf8), privateKey: key.privateKey.reveal())
        return message + "." + Base64URL.encode(signature)
    }
}

extension SignedCredential {
    /// The badge of a certificate: an `OpenBadgeCredential` (Open Badges 3.0 §B.1.1).
    ///
    /// The learner is named by two identity objects (§B.1.12): the name in clear, and their address as a salted hash, so
    /// that whoever is shown the address can compare and nobody reads it. Who did not verify theirs has the identifier of
    /// their account hashed instead: nobody gets a badge for an address by typing it.
    init(
        badgeOf certificate: Certificate,
        at position: Int,
        issuerName: String,
        issuerURL: String,
        key: CredentialKey
    ) {
        id = "\(key.address)/\(key.isOnPlatform ? "credentials" : "verify")/\(certificate.number)"
        issuer = key.issuer
        validFrom = certificate.issuedAt
        validUntil = certificate.expiresAt
        let list = position / StatusList.length
        let listURL = StatusList.url(list, of: key)
        let index = String(position % StatusList.length)
        var members: [JSONMember] = [
            JSONMember(
                name: "@context",
                value: [
                    "https://www.w3.org/ns/credentials/v2",
                    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                ]
            ),
            JSONMember(name: "id", value: .string(id)),
            JSONMember(name: "type", value: ["VerifiableCredential", "OpenBadgeCredential"]),
            JSONMember(
                name: "issuer",
                value: .object([
                    JSONMember(name: "id", value: .string(issuer)), JSONMember(name: "type", value: ["Profile"]),
                    JSONMember(name: "name", value: .string(issuerName)),
                    JSONMember(name: "url", value: .string(issuerURL)),
                ])
            ),
            JSONMember(name: "name", value: .string(certificate.courseTitle)),
            JSONMember(name: "validFrom", value: .string(validFrom.iso8601Seconds)),
        ]
        if let validUntil {
            members.append(JSONMember(name: "validUntil", value: .string(validUntil.iso8601Seconds)))
        }
        members.append(JSONMember(name: "credentialSubject", value: Self.subject(of: certificate)))
        members.append(
            JSONMember(
                name: "credentialStatus",
                value: .object([
                    JSONMember(name: "id", value: .string("\(listURL)#\(index)")),
                    JSONMember(name: "type", value: "BitstringStatusListEntry"),
                    JSONMember(name: "statusPurpose", value: "revocation"),
                    JSONMember(name: "statusListIndex", value: .string(index)),
                    JSONMember(name: "statusListCredential", value: .string(listURL)),
                ])
            )
        )
        self.members = members
    }

    private static func subject(of certificate: Certificate) -> JSONValue {
        func identity(_ type: JSONValue, _ value: String, salt: String?) -> JSONValue {
            var members = [
                JSONMember(name: "type", value: "IdentityObject"),
                JSONMember("hashed", salt != nil),
                JSONMember(name: "identityHash", value: .string(value)),
                JSONMember(name: "identityType", value: type),
            ]
            if let salt { members.append(JSONMember(name: "salt", value: .string(salt))) }
            return .object(members)
        }
        let criteria =
            certificate.completedAt == nil
            ? "Awarded by the organization for the course \(certificate.courseTitle)."
            : "Completed the course \(certificate.courseTitle)."
        var achievement = [
            JSONMember(name: "id", value: .string("urn:uuid:\(certificate.achievement)")),
            JSONMember(name: "type", value: ["Achievement"]),
            JSONMember(name: "achievementType", value: "Course"),
            JSONMember(name: "name", value: .string(certificate.courseTitle)),
            JSONMember(name: "description", value: .string(certificate.courseTitle)),
            JSONMember(
                name: "criteria",
                value: .object([JSONMember(name: "narrative", value: .string(criteria))])
            ),
        ]
        let results = results(of: certificate)
        if !results.isEmpty {
            achievement.append(JSONMember(name: "resultDescription", value: .array(results.map { $0.description })))
        }
        var subject = [
            JSONMember(name: "type", value: ["AchievementSubject"]),
            JSONMember(
                name: "identifier",
                value: .array([
                    identity("name", certificate.learnerName, salt: nil),
                    identity(
                        .string(certificate.identityType),
                        "sha256$\(certificate.identityHash)",
                        salt: certificate.identitySalt
                    ),
                ])
            ),
            JSONMember(name: "achievement", value: .object(achievement)),
        ]
        if !results.isEmpty { subject.append(JSONMember(name: "result", value: .array(results.map { $0.result }))) }
        return .object(subject)
    }

    /// The grade as results (§B.1.18), each with what describes it (§B.1.20).
    private static func results(of certificate: Certificate) -> [(description: JSONValue, result: JSONValue)] {
        guard let grade = certificate.grade else { return [] }
        func result(_ type: String, _ name: String, _ value: String) -> (description: JSONValue, result: JSONValue) {
            let id = JSONValue.string("urn:uuid:\(certificate.achievement)#\(type)")
            let description: JSONValue = .object([
                JSONMember(name: "id", value: id), JSONMember(name: "type", value: ["ResultDescription"]),
                JSONMember(name: "name", value: .string(name)), JSONMember(name: "resultType", value: .string(type)),
            ])
            let result: JSONValue = .object([
                JSONMember(name: "type", value: ["Result"]), JSONMember(name: "resultDescription", value: id),
                JSONMember(name: "value", value: .string(value)),
            ])
            return (description, result)
        }
        let percentage = result("Percent", "Final grade in percent", grade.percentage.description)
        return [percentage] + (grade.letter.map { [result("LetterGrade", "Final grade", $0)] } ?? [])
    }
}

extension JSONValue {
    /// An array of strings.
    fileprivate init(_ texts: [String]) {
        self = .array(texts.map(JSONValue.string))
    }
}

extension JSONMember {
    fileprivate init(name: String, value: [String]) {
        self.init(name: name, value: JSONValue(value))
    }
}

extension Date {
    /// UTC to the second, as credentials say it; the fraction is dropped.
    var iso8601Seconds: String { String(iso8601Milliseconds.prefix(19)) + "Z" }
}
