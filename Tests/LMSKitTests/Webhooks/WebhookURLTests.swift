// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import Testing

@Suite struct WebhookURLTests {
    @Test(
        arguments: [
            "https://example.org", "https://EXAMPLE.org:8443/a/b?c=d&e=%20", "https://1.example.org/",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]:443/", "https://hooks_1.example/",
        ]
    )
    func `an https address is taken`(text: String) {
        #expect(WebhookURL(text)?.description == text)
    }

    @Test(
        arguments: [
            "http://example.org/", "HTTPS//example.org", "https://", "https:///x", "https://user@example.org/",
            "https://user:pass@example.org/", "https://example.org#x", "https://example.org@127.0.0.1/",
            "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0/",
            "https://example.org\\@127.0.0.1/", "https://ex ample.org/", "https://example.org:0/",
            "https://example.org:65536/", "https://example.org:/", "https://[::1%25eth0]/", "https://[::1",
            "https://exa\u{B5}mple.org/", "https://example..org/", "https://example.org\r\nX: y",
        ]
    )
    func `an address that reads differently to somebody is refused`(text: String) {
        #expect(WebhookURL(text) == nil)
    }
}
