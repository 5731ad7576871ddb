// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import LMSTenancy

/// A public key of an identity provider (RFC 7517) that can verify signatures; other keys are not read.
package struct JSONWebKey: Sendable, Hashable {
    /// What the provider calls it (`kid`).
    package let name: String?
    /// The key's numbers.
    package let key: VerificationKey
    /// The algorithms that it verifies: the one that it names, or all that its kind has.
    package let algorithms: Set<SignatureAlgorithm>

    /// Reads a key; `nil` for one of another kind, for one that is not for signatures, or for one that is malformed.
    ///
    /// - Parameter json: One member of a key set.
    package init?(_ json: JSONValue) {
        guard let kind = json["kty"]?.text, let key = VerificationKey(kind, json) else { return nil }
        // RFC 7517 §§4.2, 4.3: a key for encryption must not verify.
        if let use = json["use"], use.text != "sig" { return nil }
        if let operations = json["key_ops"] {
            guard case .array(let values) = operations, values.contains("verify") else { return nil }
        }
        var fitting = Set(SignatureAlgorithm.allCases.filter(key.fits))
        if let algorithm = json["alg"] {
            fitting.formIntersection(algorithm.text.flatMap(SignatureAlgorithm.init(rawValue:)).map { [$0] } ?? [])
        }
        guard !fitting.isEmpty else { return nil }
        if let name = json["kid"] {
            guard let text = name.text, text.utf8.count <= 512 else { return nil }
            self.name = text
        } else {
            name = nil
        }
        self.key = key
        algorithms = fitting
    }
}

extension VerificationKey {
    fileprivate init?(_ kind: String, _ json: JSONValue) {
        switch (kind, json["crv"]?.text) {
        case ("RSA", _):
            guard let modulus = json.bytes("n", 1...1025), let exponent = json.bytes("e", 1...8) else { return nil }
            self = .rsa(modulus: modulus, exponent: exponent)
        case ("EC", "P-256"):
            guard let x = json.bytes("x", 32...32), let y = json.bytes("y", 32...32) else { return nil }
            self = .p256(x: x, y: y)
        case ("EC", "P-384"):
            guard let x = json.bytes("x", 48...48), let y = json.bytes("y", 48...48) else { return nil }
            self = .p384(x: x, y: y)
        case ("OKP", "Ed25519"):
            guard let x = json.bytes("x", 32...32) else { return nil }
            self = .ed25519(x)
        default: return nil
        }
    }
}

extension JSONValue {
    fileprivate func bytes(_ name: String, _ length: ClosedRange<Int>) -> [UInt8]? {
        guard let text = self[name]?.text, text.utf8.count <= 2_048, let bytes = Base64URL.decode(text),
            length.contains(bytes.count)
        else { return nil }
        return bytes
    }
}

/// The public keys of an identity provider (RFC 7517 §5).
package struct JSONWebKeySet: Sendable {
    /// The keys that can verify.
    package let keys: [JSONWebKey]

    /// More keys than any provider has.
    static let limit = 100

    /// Reads a set, or `nil` if it is none or has too many keys; keys that cannot verify are passed over (RFC 7517 §5).
    ///
    /// - Parameter json: The document.
    package init?(_ json: JSONValue) {
        guard case .array(let members) = json["keys"], members.count <= Self.limit else { return nil }
        keys = members.compactMap(JSONWebKey.init)
    }

    /// The keys that a header may mean: those of its name, or without a name all.
    func candidates(_ name: String?, for algorithm: SignatureAlgorithm) -> [JSONWebKey] {
        keys.filter { $0.algorithms.contains(algorithm) && (name == nil || $0.name == name) }
    }
}
