// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Time-based one-time codes (RFC 6238) as authenticator apps make them: SHA-1, 6 digits, a new one every 30 seconds.
struct TOTP: Sendable {
    /// The secret that the app and the tenant share: 20 bytes, as many as HMAC-SHA-1 gives (RFC 4226 §4, R6).
    let secret: Secret<[UInt8]>

    /// How long a code is shown, in seconds.
    static let period = 30
    /// How many digits it has.
    static let digits = 6
    /// How many steps a clock may be off, either way (RFC 6238 §5.2).
    static let tolerance = 1

    init(_ secret: Secret<[UInt8]>) {
        self.secret = secret
    }

    /// The step at a time.
    static func step(at instant: Date) -> Int {
        Int((instant.timeIntervalSince1970 / Double(period)).rounded(.down))
    }

    /// The code of a step (RFC 4226 §5.3).
    func code(at step: Int, _ cryptography: any Cryptography, digits: Int = TOTP.digits) -> String {
        let counter = UInt64(max(0, step))
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * UInt64($0))) }
        let digest = cryptography.hmacSHA1(message, key: secret.reveal())
        let offset = Int(digest[digest.count - 1] & 0x0F)
        let number = digest[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        var limit: UInt32 = 1
        for _ in 0..<digits { limit *= 10 }
        let text = String(number % limit)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// Finds the step that a code is of, among those that a clock may be off.
    ///
    /// - Parameters:
    ///   - code: What was typed.
    ///   - instant: The time.
    ///   - last: The latest step of which a code was taken; neither it nor an earlier one is good again.
    ///   - cryptography: The cryptographic primitives.
    /// - Returns: The step; `nil` if it is none of theirs. Takes the same time either way.
    func step(of code: String, at instant: Date, after last: Int?, _ cryptography: any Cryptography) -> Int? {
        let now = TOTP.step(at: instant)
        let typed = Array(code.utf8)
        var found: Int?
        for step in (now - TOTP.tolerance)...(now + TOTP.tolerance) {
            let isEqual = cryptography.areEqual(Array(self.code(at: step, cryptography).utf8), typed)
            if isEqual, step > last ?? -1 { found = step }
        }
        return found
    }

    /// The secret as apps take it when it is typed.
    var text: Secret<String> { Secret(Base32.encode(secret.reveal())) }

    /// What an app reads from a QR code.
    ///
    /// - Parameters:
    ///   - issuer: The organization's name.
    ///   - account: The user's address.
    /// - Returns: An `otpauth` URI.
    func uri(issuer: String, account: String) -> Secret<String> {
        let issuer = Base32.percentEncode(issuer)
        return Secret(
            "otpauth://totp/\(issuer):\(Base32.percentEncode(account))?secret=\(text.reveal())&issuer=\(issuer)"
                + "&algorithm=SHA1&digits=\(TOTP.digits)&period=\(TOTP.period)"
        )
    }
}

/// The alphabet of RFC 4648 §6, without padding, as authenticator apps and people type it.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> UInt32(count)) & 31])
            }
            bits &= 0xFF
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(5 - count)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Encodes everything but the unreserved characters of RFC 3986.
    static func percentEncode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
