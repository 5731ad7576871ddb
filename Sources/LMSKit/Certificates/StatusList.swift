// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Which of 131,072 certificates are revoked or superseded: one bit for each (Bitstring Status List 1.0).
struct StatusList {
    /// How many bits a list has: 16 KiB, the fewest that hide which one somebody asks for (§6.1).
    static let length = 131_072
    /// Which list of the tenant's it is, from 0.
    let number: Int
    private var bits = [UInt8](repeating: 0, count: length / 8)

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - number: Which list of the tenant's it is.
    ///   - positions: What is revoked, by places over all lists; those of other lists are left out.
    init(_ number: Int, revoked positions: some Sequence<Int>) {
        self.number = number
        for position in positions where position / Self.length == number {
            // The first is the left-most bit of the first byte (§3.2).
            let index = position % Self.length
            bits[index / 8] |= 0x80 >> UInt8(index % 8)
        }
    }

    /// The bits, compressed and as multibase base64url: `u` and no padding (§2.2).
    func encoded(_ compress: ([UInt8]) throws -> [UInt8]) rethrows -> String {
        "u" + Base64URL.encode(try compress(bits))
    }

    /// Where a list is read.
    static func url(_ number: Int, of key: CredentialKey) -> String {
        "\(key.address)\(key.isOnPlatform ? "" : "/api/v1/certificates")/status-lists/\(number)"
    }

    /// The list as a credential of its own (§2.2); it says for how long a copy of it may be kept, and never expires, so
    /// that one that was saved beside a badge can still be read.
    func credential(of key: CredentialKey, at instant: Date, encodedList: String) -> SignedCredential {
        let url = Self.url(number, of: key)
        return SignedCredential(
            members: [
                JSONMember(name: "@context", value: .array(["https://www.w3.org/ns/credentials/v2"])),
                JSONMember(name: "id", value: .string(url)),
                JSONMember(name: "type", value: .array(["VerifiableCredential", "BitstringStatusListCredential"])),
                JSONMember(name: "issuer", value: .string(key.issuer)),
                JSONMember(name: "validFrom", value: .string(instant.iso8601Seconds)),
                JSONMember(
                    name: "credentialSubject",
                    value: .object([
                        JSONMember(name: "id", value: .string("\(url)#list")),
                        JSONMember(name: "type", value: "BitstringStatusList"),
                        JSONMember(name: "statusPurpose", value: "revocation"),
                        JSONMember("ttl", 300_000),
                        JSONMember(name: "encodedList", value: .string(encodedList)),
                    ])
                ),
            ],
            id: url,
            issuer: key.issuer,
            validFrom: instant,
            validUntil: nil
        )
    }
}
