// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import Testing

@Suite struct EmailTests {
    @Test(arguments: [
        "a@b.co", "ada.lovelace@example.org", "o'brien+list@mail.example.co.uk", "x_y-z@sub.acme.localhost", "1@2.3a",
    ])
    func `an address that mail can be sent to is taken`(text: String) {
        #expect(Email(text)?.address == text)
    }

    @Test(arguments: [
        "", "@", "a@", "@b.co", "a b@c.de", " a@b.co", "a@b.co ", "a@b", "a@-b.co", "a@b-.co", "a@b..co", ".a@b.co",
        "a.@b.co", "a..b@c.de", "a@b@c.de", "\"a\"@b.co", "a@[127.0.0.1]", "ada@exämple.org", "a\n@b.co",
        String(repeating: "a", count: 65) + "@b.co", "a@" + String(repeating: "b", count: 64) + ".co",
        "a@" + String(repeating: "b.", count: 130) + "co",
    ])
    func `what is no address is refused`(text: String) {
        #expect(Email(text) == nil)
    }

    @Test func `an address does not show itself in a dump`() {
        var dumped = ""
        dump(Email("ada@example.org").map(\.debugDescription), to: &dumped)
        #expect(!dumped.contains("ada"))
    }
}
