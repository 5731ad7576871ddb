// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension RenderedMail {
    /// Words a message that carries one notification, or several as a digest.
    ///
    /// - Parameters:
    ///   - items: What it carries, the oldest first.
    ///   - unsubscribe: Where its reader turns such messages off; `nil` if that cannot be.
    ///   - organization: The organization's name.
    init(_ items: [OutgoingNotification], unsubscribe: String?, organization: String) {
        let language = items.first?.language ?? .english
        let words = NotificationMailWords(language)
        let isDigest = items.count > 1
        let shown = items.prefix(Self.digestLimit)
        let subject =
            isDigest
            ? words.digest.filled(with: ["count": String(items.count), "organization": organization])
            : items.first?.notification.text.title ?? organization
        var text = [language.greeting(items.first?.name)]
        var html = ["<p>\(language.greeting(items.first?.name).escaped)</p>"]
        for item in shown {
            let content = item.notification.text
            if isDigest {
                text.append(content.title + "\n" + content.message)
                html.append("<h2 style=\"font-size:1.1em\">\(content.title.escaped)</h2>")
            } else {
                text.append(content.message)
            }
            html += content.message.split(separator: "\n").map { "<p>\(String($0).escaped)</p>" }
            if let address = item.address {
                text.append(address)
                html.append(#"<p><a href="\#(address.escaped)">\#(words.open.escaped)</a></p>"#)
            }
        }
        if items.count > shown.count {
            let more = words.more.filled(with: ["count": String(items.count - shown.count)])
            text.append(more)
            html.append("<p>\(more.escaped)</p>")
        }
        text.append(organization)
        html.append("<p>\(organization.escaped)</p>")
        if let unsubscribe {
            text.append("\(words.unsubscribe): \(unsubscribe)")
            html.append(#"<p><small><a href="\#(unsubscribe.escaped)">\#(words.unsubscribe.escaped)</a></small></p>"#)
        }
        self.init(
            subject: subject,
            text: text.joined(separator: "\n\n") + "\n",
            html: Self.page(html, in: language)
        )
    }

    /// How many notifications a digest shows; the rest are counted.
    static let digestLimit = 50
}

/// What stands around the texts of notifications in a message.
private struct NotificationMailWords {
    let open: String
    let unsubscribe: String
    let digest: String
    let more: String

    init(_ language: Language) {
        switch language {
        case .english:
            open = "Open"
            unsubscribe = "Do not send me such messages"
            digest = "{count} notifications from {organization}"
            more = "And {count} more."
        case .spanish:
            open = "Abrir"
            unsubscribe = "No enviarme más mensajes así"
            digest = "{count} notificaciones de {organization}"
            more = "Y {count} más."
        case .arabic:
            open = "فتح"
            unsubscribe = "عدم إرسال مثل هذه الرسائل"
            digest = "{count} إشعارات من {organization}"
            more = "و{count} أخرى."
        }
    }
}
