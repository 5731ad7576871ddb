// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct ExactDecimalTests {
    @Test(
        arguments: [
            ("0", "0"), ("-0", "0"), ("0.0", "0"), ("1", "1"), ("+1.50", "1.5"), (".5", "0.5"), ("-12.25", "-12.25"),
            ("6.022e23", "602200000000000000000000"), ("6.626e-34", "6626e-37"), ("1e21", "1e21"), ("1e3", "1000"),
            ("1E-3", "0.001"), ("0.1e1", "1"), ("  42 ", "42"),
            ("\u{2212}7", "-7"), ("٣٫١٤", "3.14"), ("۱۲", "12"), ("5.", "5"),
            ("00000000000000000000000000000000000000000000000000000000001", "1"),
        ]
    )
    func `a number is read as it is written`(text: String, canonical: String) throws {
        let number = try #require(ExactDecimal(text))
        #expect(number.description == canonical)
        #expect(ExactDecimal(number.description) == number)
    }

    @Test(
        arguments: [
            "", " ", "-", ".", "1,5", "1.000,5", "1.2.3", "abc", "1x", "e5", "1e", "1e+", "1e1.5", "1e999", "0x10",
            "NaN",
            "inf", "1 2", "1e201", "--1", "½",
            "111111111111111111111111111111111111111111111111111",
        ]
    )
    func `what is no number, or could be two, is refused`(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test func `a text of a million digits is refused without reading it all`() {
        #expect(ExactDecimal(String(repeating: "9", count: 1_000_000)) == nil)
    }

    @Test(
        arguments: [
            ("0.3", "0.1", "0.2"), ("1", "-1", "2"), ("5", "5", "0"), ("0", "0.001", "0.001"), ("-3", "-5", "2"),
            ("1e20", "1e-20", "99999999999999999999.99999999999999999999"), ("99.9", "-0.1", "100"),
            ("0", "0", "0"), ("1e200", "0", "1e200"), ("100", "99.999", "0.001"),
        ]
    )
    func `a distance is exact`(left: String, right: String, distance: String) throws {
        let (a, b) = (try #require(ExactDecimal(left)), try #require(ExactDecimal(right)))
        #expect(a.distance(to: b) == ExactDecimal(distance))
        #expect(b.distance(to: a) == ExactDecimal(distance))
    }

    @Test(arguments: [
        ("0.1", "0.2", "0.02"), ("-3", "4", "-12"), ("-3", "-4", "12"), ("0", "-5", "0"), ("99", "99", "9801"),
    ])
    func `a product is exact`(left: String, right: String, product: String) throws {
        let (a, b) = (try #require(ExactDecimal(left)), try #require(ExactDecimal(right)))
        #expect(a * b == ExactDecimal(product))
    }

    @Test func `integers behave as integers do`() throws {
        var random = SplitMix64(state: 20_261_121)
        for _ in 0..<2_000 {
            let (a, b) = (random.below(20_001) - 10_000, random.below(20_001) - 10_000)
            let (x, y) = (try #require(ExactDecimal("\(a)")), try #require(ExactDecimal("\(b)")))
            #expect((x < y) == (a < b))
            #expect((x == y) == (a == b))
            #expect(x * y == ExactDecimal("\(a * b)"))
            #expect(x.distance(to: y) == ExactDecimal("\(abs(a - b))"))
        }
    }
}
