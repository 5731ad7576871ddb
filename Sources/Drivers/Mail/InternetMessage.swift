// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit

extension OutgoingMail {
    /// The message as it would be on its way (RFC 5322, RFC 2046 §5.1.4).
    var internetMessage: [UInt8] {
        // No line of base 64 can be a boundary with an underscore.
        let boundary = "=_alternative"
        var message = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        message += "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n"
        for (type, content) in alternatives {
            let lines = Data(content).base64EncodedString(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ])
            message += "--\(boundary)\r\nContent-Type: \(type)\r\nContent-Transfer-Encoding: base64\r\n\r\n\(lines)\r\n"
        }
        return Array("\(message)--\(boundary)--\r\n".utf8)
    }
}
