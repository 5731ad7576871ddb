// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Patterns
    import LMSKit
    import LMSPatternDriver
    import Testing

    @Suite struct PCREPatternsTests {
        private let patterns = PCREPatterns()

        @Test(
            arguments: [
                ("..bble", "bubble", .matches), ("..bble", "bubbles", .differs), ("..bble", "a bubble", .differs),
                ("cat|dog", "dog", .matches), ("cat|dog", "catfish", .differs), ("^\\d+$", "42", .matches),
                ("\\w+", "größe", .matches), ("\\d", "٣", .matches), ("(?:ab)+", "ababab", .matches),
                ("", "", .matches), ("a", "", .differs), (".*.", "anything\nelse", .differs), ("(", "(", .undecided),
                ("(?<w>.)\\k<w>", "aa", .matches),
            ] as [(String, String, TextPatternVerdict)]
        )
        func `an expression matches the whole text or not`(pattern: String, text: String, verdict: TextPatternVerdict) {
            #expect(patterns.match(pattern, wholeOf: text, letters: .sameCase) == verdict)
        }

        @Test func `capital and small letters are the same where the key says so, in every script`() {
            for (pattern, text) in [("straße", "STRAßE"), ("ΣΟΦΙΑ", "σοφια"), ("я", "Я")] {
                #expect(patterns.match(pattern, wholeOf: text, letters: .anyCase) == .matches)
                #expect(patterns.match(pattern, wholeOf: text, letters: .sameCase) == .differs)
            }
        }

        @Test(arguments: ["(", "[", "a{2,1}", "*", "(?<n>a)(?<n>b)", "\\C", "((a{1,100}){1,100}){1,100}", "(?&x)"])
        func `an expression that cannot be used is told before it is stored`(pattern: String) {
            #expect(patterns.flaw(in: pattern) != nil)
            #expect(patterns.match(pattern, wholeOf: "a", letters: .sameCase) == .undecided)
        }

        @Test func `an expression that can be used has no flaw`() {
            for pattern in ["..bble", "a{1,5}", "(?i)x", "\\p{Arabic}+", ".*."] {
                #expect(patterns.flaw(in: pattern) == nil)
            }
        }

        /// Each of these takes a backtracking engine without a bound longer than the age of the universe.
        @Test(
            arguments: [
                "(a+)+$", "(a|aa)+$", "(a*)*$", "([a-zA-Z]+)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){50}a{50}$",
                "(.*)*x", "(a|a)*$", "(?:(?:a+)+)+\\d", "(a+)+\\1\\1\\1$", "(?R)?(a+)+b",
                "(*LIMIT_MATCH=4000000000)(a+)+$",
            ]
        )
        func `attack: an expression that explodes is given up, with the same verdict every time`(pattern: String) {
            let text = String(repeating: "a", count: 999) + "!"
            let verdict = patterns.match(pattern, wholeOf: text, letters: .anyCase)
            #expect(verdict != .matches)
            for _ in 0..<5 { #expect(patterns.match(pattern, wholeOf: text, letters: .anyCase) == verdict) }
        }

        @Test func `attack: the worst of them are undecided and not wrong`() {
            let text = String(repeating: "a", count: 40) + "!"
            for pattern in ["(a+)+$", "([a-zA-Z]+)*$"] {
                #expect(patterns.match(pattern, wholeOf: text, letters: .sameCase) == .undecided)
            }
        }

        @Test func `attack: an endless text or expression is not looked at`() {
            let endless = String(repeating: "a", count: 1_000_000)
            #expect(patterns.match("a*", wholeOf: endless, letters: .sameCase) == .undecided)
            #expect(patterns.flaw(in: endless) != nil)
        }
    }
#endif
