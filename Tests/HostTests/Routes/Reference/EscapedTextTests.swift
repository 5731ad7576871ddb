// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Testing

@testable import LMSHost

@Suite struct EscapedTextTests {
    @Test(arguments: ["", "\u{600}", "\u{6DD}", "\u{70F}", "\u{D4E}"])
    func `attack: a mark that joins what follows hides no markup on a page`(mark: String) {
        let escaped = "\(mark)<b>\(mark)\"\(mark)'\(mark)&".escaped
        #expect(Array(escaped.utf8) == Array("\(mark)&lt;b&gt;\(mark)&quot;\(mark)&#39;\(mark)&amp;".utf8))
    }
}
