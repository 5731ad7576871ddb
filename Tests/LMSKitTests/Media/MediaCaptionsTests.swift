// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct MediaCaptionsTests {
    @Test func `captions are written anew from their cues alone`() throws {
        let text = """
            WEBVTT - by somebody

            NOTE nobody reads this

            STYLE
            ::cue { background: url(https://example.org/) }

            first
            00:01.000 --> 00:02.500 line:0 align:start
            <v Ada>Hello</v>
            there

            01:00:00.000\t-->\t01:00:01.000
            مرحبا
            """
        let captions = try MediaCaptions(
            text: "\u{FEFF}" + text.replacing("\n", with: "\r\n"),
            language: "en",
            label: "English"
        )
        #expect(
            String(decoding: captions.bytes, as: UTF8.self) == """
                WEBVTT

                00:00:01.000 --> 00:00:02.500 line:0 align:start
                <v Ada>Hello</v>
                there

                01:00:00.000 --> 01:00:01.000
                مرحبا

                """
        )
    }

    @Test(
        arguments: [
            ("", 1), ("WEBVTTX\n", 1), ("WEBVTT\n\n", 4), ("WEBVTT\n\n00:02.000 --> 00:01.000\nx", 3),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:04.000\ny", 8),
            ("WEBVTT\n\n00:61.000 --> 01:02.000\nx", 3), ("WEBVTT\n\n00:01,000 --> 00:02,000\nx", 3),
            ("WEBVTT\n\n00:01.000 --> 00:02.000 style:x\nx", 3),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n00:03.000 --> 00:04.000", 4),
            ("WEBVTT\n\nname", 4),
        ]
    )
    func `what is no WebVTT is refused, with its line`(text: String, line: Int) {
        #expect(throws: MediaError.invalidCaptions(line: line)) {
            try MediaCaptions(text: text, language: "en", label: "English")
        }
    }
}
