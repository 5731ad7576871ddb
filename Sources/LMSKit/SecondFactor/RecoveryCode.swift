// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A code for whoever lost their factor: 120 random bits in six groups, good once.
///
/// With 112 bits or more a plain hash keeps it (OWASP ASVS 5, 6.5.2): nobody tries all of them.
struct RecoveryCode: Sendable {
    /// The code as it is shown.
    let text: Secret<String>

    /// How many somebody has.
    static let count = 10
    /// How many letters and digits it has.
    private static let characters = 24

    init(_ cryptography: any Cryptography) {
        let characters = Array(Base32.encode(cryptography.randomBytes(15)).lowercased())
        let groups = stride(from: 0, to: RecoveryCode.characters, by: 4).map { String(characters[$0..<($0 + 4)]) }
        text = Secret(groups.joined(separator: "-"))
    }

    /// Reads a code as it was typed: case, blanks and hyphens do not matter.
    init?(_ typed: String) {
        let characters = typed.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        guard characters.count == RecoveryCode.characters,
            characters.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
            })
        else { return nil }
        let text = String(decoding: characters, as: UTF8.self)
        let groups = stride(from: 0, to: RecoveryCode.characters, by: 4).map { text.dropFirst($0).prefix(4) }
        self.text = Secret(groups.joined(separator: "-"))
    }

    func hash(_ cryptography: any Cryptography) -> Bytes {
        Bytes(cryptography.sha256(Array("recovery-code:\(text.reveal())".utf8)))
    }
}
