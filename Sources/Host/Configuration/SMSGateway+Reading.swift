// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

extension SMSGateway {
    /// Reads the gateway for text messages; `nil` without one, or with one that makes no sense, which is noted.
    init?(_ reader: inout EnvironmentReader, environment: Configuration.Deployment) {
        let schemes = environment == .production ? ["https://"] : ["https://", "http://"]
        let url = reader.value("LMS_SMS_URL", "an address that begins with \(schemes.joined(separator: " or "))") {
            text in
            let isAddress = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>#".utf8.contains($0) }
            return isAddress && schemes.contains(where: text.hasPrefix) ? text : nil
        }
        let method =
            reader.value("LMS_SMS_METHOD", "POST or PUT") { ["POST": .post, "PUT": .put][$0] }
            ?? OutgoingRequest.Method.post
        let format = reader.value("LMS_SMS_FORMAT", "form or json", Format.init(rawValue:)) ?? .form
        let fields =
            reader.value("LMS_SMS_FIELDS", "like To={number}&From=Academy&Body={text}", Self.fields)
            ?? [("To", "{number}"), ("Body", "{text}")]
        let authorization = Self.authorization(
            reader.secret("LMS_SMS_TOKEN"),
            user: reader.text("LMS_SMS_USER"),
            password: reader.secret("LMS_SMS_PASSWORD"),
            &reader
        )
        guard let url else { return nil }
        self.init(url: url, method: method, format: format, fields: fields, authorization: authorization)
    }

    /// Reads `name=value` parted by `&`; values may have `{…}` and `%26` for an `&`.
    private static func fields(_ text: String) -> [(name: String, value: String)]? {
        var fields: [(name: String, value: String)] = []
        for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
            guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else { return nil }
            let value = String(pair[pair.index(after: sign)...]).replacing("%26", with: "&")
            fields.append((String(pair[..<sign]), value))
        }
        let isWhole = ["{number}", "{text}"].allSatisfy { name in fields.contains { $0.value.contains(name) } }
        return isWhole ? fields : nil
    }

    private static func authorization(
        _ token: Secret<String>?,
        user: String?,
        password: Secret<String>?,
        _ reader: inout EnvironmentReader
    ) -> Secret<String>? {
        if token != nil, user != nil || password != nil {
            reader.refuse("LMS_SMS_TOKEN and LMS_SMS_USER exclude each other: unset one")
        }
        if (user == nil) != (password == nil) {
            reader.refuse("LMS_SMS_USER and LMS_SMS_PASSWORD belong together: set both or none")
        }
        if let token { return Secret("Bearer \(token.reveal())") }
        guard let user, let password else { return nil }
        return Secret("Basic \(Data("\(user):\(password.reveal())".utf8).base64EncodedString())")
    }
}
