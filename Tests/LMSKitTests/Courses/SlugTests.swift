// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import Testing

@Suite struct SlugTests {
    @Test(
        arguments: [
            ("Intro to Physics", "intro-to-physics"),
            ("  C++ & Rust!  ", "c-rust"),
            ("مقدمة في الفيزياء", "مقدمة-في-الفيزياء"),
            ("Über Größe", "über-größe"),
            ("हिन्दी सीखें", "हिन्दी-सीखें"),
            ("量子力学 101", "量子力学-101"),
            ("a--b__c", "a-b-c"),
        ]
    )
    func `a title in any script has a slug`(title: String, slug: String) {
        #expect(Slug(from: title)?.description == slug)
    }

    @Test(arguments: ["", "!!!", "— …", "🙂"])
    func `a title without letters and digits has none`(title: String) {
        #expect(Slug(from: title) == nil)
    }

    @Test func `two ways to write one letter are one slug`() throws {
        let composed = try #require(Slug(from: "Caf\u{E9}"))
        let decomposed = try #require(Slug(from: "Cafe\u{301}"))
        #expect(Array(composed.description.unicodeScalars) == Array(decomposed.description.unicodeScalars))
    }

    @Test(arguments: ["Physics", "a b", "-a", "a-", "a--b", "Cafe\u{301}", "a/b", "../x", ""])
    func `a slug that is not in its final form is refused`(text: String) {
        #expect(Slug(text) == nil)
    }

    @Test func `a slug is at most 255 characters and ends in no dash`() throws {
        let slug = try #require(Slug(from: String(repeating: "ab ", count: 200)))
        #expect(slug.description.unicodeScalars.count <= 255)
        #expect(slug.description.last != "-")
    }
}
