// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct PointsTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000), ("0.1", 100_000), ("2.50", 2_500_000), ("0.25", 250_000),
            ("999999999.999999", 999_999_999_999_999), ("0.000001", 1), ("007", 7_000_000),
        ]
    )
    func `a decimal text is taken exactly`(text: String, millionths: Int) throws {
        let points = try #require(Points(text))
        #expect(points.millionths == millionths)
        #expect(Points(points.description) == points)
    }

    @Test(arguments: [
        "", "-", "-1", ".5", "1.", "1e3", "+1", "1,5", "0.0000001", "1234567890", "--1", "1.2.3", "٣", " 1",
    ])
    func `what is no amount, or would be rounded, is refused`(text: String) {
        #expect(Points(text) == nil)
    }

    @Test func `a tenth and two tenths are three tenths, in any order and any number of times`() throws {
        let tenth = try #require(Points("0.1"))
        #expect(tenth + tenth + tenth == Points("0.3"))
        #expect((0..<1_000_000).reduce(Points.zero) { sum, _ in sum + tenth } == Points(100_000))
    }

    @Test(
        arguments: [
            (1, 1, 3, "0.333333"), (1, 2, 3, "0.666667"), (10, 1, 8, "1.25"), (5, 0, 4, "0"), (2, 3, 3, "2"),
            (10_000, 49_999_999_999_999, 50_000_000_000_000, "10000"),
        ]
    )
    func `a share is rounded once, to a millionth`(points: Int, part: Int, whole: Int, text: String) {
        #expect(Points(points).portion(part, of: whole).description == text)
    }

    @Test(
        arguments: [
            0, 1, -1, 10, 999_999, 1_000_000, 1_000_001, -1_500_000, 7_250_000, 100_000_000_000, .max, .min,
        ]
    )
    func `a JSON number has the digits of the text`(millionths: Int) {
        let points = Points(millionths: millionths)
        var json = JSONWriter()
        json.value(points)
        #expect(String(decoding: json.bytes, as: UTF8.self) == points.description)
    }

    @Test func `a loss rounds like a gain`() {
        for part in 0...7 {
            #expect((-Points(1)).portion(part, of: 7) == -Points(1).portion(part, of: 7))
        }
    }

    @Test(arguments: [(500_000, "0.5"), (12_000_001, "12.000001"), (-3_000_000, "-3"), (-250_000, "-0.25"), (0, "0")])
    func `points are written as a JSON number with every digit`(millionths: Int, text: String) {
        var json = JSONWriter()
        Points(millionths: millionths).write(to: &json)
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }
}
