// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

/// Marks that make one character of themselves and what follows (Unicode UAX #29, GB9b).
@Suite struct EscapingTests {
    @Test(arguments: ["\u{600}", "\u{6DD}", "\u{70F}", "\u{D4E}"])
    func `attack: a mark that joins what follows hides no markup`(mark: String) {
        let escaped = "\(mark)<b>\(mark)\"\(mark)'\(mark)&".escaped
        #expect(!escaped.utf8.contains { "<>\"'".utf8.contains($0) })
        #expect(Array(escaped.utf8) == Array("\(mark)&lt;b&gt;\(mark)&quot;\(mark)&#39;\(mark)&amp;".utf8))
        #expect(Array(CSV.line(["\(mark)\",x"]).utf8) == Array("\"\(mark)\"\",x\"\r\n".utf8))
    }
}
