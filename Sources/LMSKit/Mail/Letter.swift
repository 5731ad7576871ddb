// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What is sealed of a message: who gets it, in which language, and the values of its template.
struct Letter: Sendable {
    let email: String
    let name: String?
    /// `nil` for the tenant's.
    let language: Language?
    let parameters: [String: String]

    init(_ message: MailMessage, _ recipient: MailRecipient) {
        email = recipient.email.address
        name = recipient.name
        language = recipient.language
        parameters = message.parameters.mapValues { $0.reveal() }
    }

    /// Reads what `written` made.
    init?(_ bytes: [UInt8]) {
        do {
            let json = try JSONValue.parse(bytes, maximumDepth: 3)
            guard let email = json["email"]?.text, case .object(let members) = json["parameters"] else { return nil }
            self.email = email
            language = json["language"]?.text.flatMap(Language.init)
            name = json["name"]?.text
            parameters = Dictionary(members.map { ($0.name, $0.value.text ?? "") }) { $1 }
        } catch {
            return nil
        }
    }

    var written: [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.field("email", email)
            object.field("name", name)
            object.field("language", language?.rawValue)
            object.field(
                "parameters",
                object: { values in
                    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { values.field(named: name, value) }
                }
            )
        }
        return json.bytes
    }
}
