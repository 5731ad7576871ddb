// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import Testing

@Suite struct MailServerTests {
    @Test(arguments: ["mail.example.org", "localhost", "192.0.2.1", "2001:db8::25"])
    func `a name or an address is one`(host: String) {
        #expect(MailServer(host: host, port: 587, protection: .startTLS, login: nil)?.host == host)
    }

    @Test(
        arguments: [
            "", "a b", "a/b", "user@host", "host/x", "-o", "a\r\nb", "münchen.example", "a?b", "a#b", "[::1]", "a%00",
            String(repeating: "a", count: 254),
        ]
    )
    func `attack: a server's name cannot be more than a name`(host: String) {
        #expect(MailServer(host: host, port: 25, protection: .none, login: nil) == nil)
    }

    @Test(arguments: ["", "a\r\nRCPT TO:<eve@example.org>", "a\u{0}"])
    func `attack: a login cannot end its line`(text: String) {
        for login in [
            MailServer.Login(user: text, password: Secret("x")), MailServer.Login(user: "x", password: Secret(text)),
        ] {
            #expect(MailServer(host: "localhost", port: 25, protection: .none, login: login) == nil)
        }
    }
}
