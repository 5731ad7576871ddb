// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct ItemAnalysisTests {
    /// Questions of a point each from rows of `1` and `0`, a row for each learner.
    private func questions(_ rows: [String], points: Points = Points(1)) -> [ItemAnalysis.Question] {
        let table = rows.map { Array($0) }
        return (0..<(table.first?.count ?? 0)).map { column in
            ItemAnalysis.Question(
                maximum: points,
                answers: table.map {
                    $0[column] == "-" ? nil : ItemAnalysis.Answer(score: $0[column] == "1" ? points : .zero)
                }
            )
        }
    }

    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 0.000_000_5 } ?? false
    }

    @Test func `the numbers of the inventory come out`() throws {
        let analysis = try #require(ItemAnalysis(questions(["1110", "1100", "1000", "1111", "0010"])))
        #expect(analysis.learners == 5)
        #expect(analysis.isDichotomous)
        #expect(zip(analysis.items, [0.8, 0.6, 0.6, 0.2]).allSatisfy { near($0.facility, $1) })
        #expect(
            zip(analysis.items, [0.196116, 0.612372, 0.080064, 0.559017]).allSatisfy { near($0.itemRest, $1) },
            "\(analysis.items.map(\.itemRest))"
        )
        #expect(abs(try #require(analysis.reliability) - 0.54902) < 0.000_005)
        #expect(near(analysis.mean, 2.2))
        let deviation = try #require(analysis.standardDeviation)
        #expect(near(deviation * deviation, 1.36))
        #expect(near(analysis.standardError, (1.36 * (1 - 0.549019607843137)).squareRoot()))
        #expect(analysis.items.map(\.flags) == [[], [], [.weak], []])
    }

    @Test func `points and the order of learners do not matter`() throws {
        let rows = ["1110", "1100", "1000", "1111", "0010", "1010", "0000", "1111", "1101", "0100", "1000"]
        let analysis = try #require(ItemAnalysis(questions(rows)))
        let other = try #require(ItemAnalysis(questions(rows.reversed(), points: Points(7))))
        #expect(near(other.reliability, try #require(analysis.reliability)))
        for (item, twin) in zip(analysis.items, other.items) {
            #expect(near(twin.facility, try #require(item.facility)))
            #expect(near(twin.itemRest, try #require(item.itemRest)))
            #expect(near(twin.discriminationIndex, try #require(item.discriminationIndex)))
        }
    }

    @Test func `the best and the weakest twenty-seven percent are compared`() throws {
        // Of 11 learners 3 are in each group: totals of 4, 4 and 3 above, of 0, 0 and 1 below.
        let rows = ["1111", "1111", "1110", "1100", "1100", "1100", "1100", "1100", "1000", "0000", "0000"]
        let analysis = try #require(ItemAnalysis(questions(rows)))
        #expect(near(analysis.items[0].discriminationIndex, 1 - 1.0 / 3))
        #expect(near(analysis.items[1].discriminationIndex, 1))
        #expect(near(analysis.items[3].discriminationIndex, 2.0 / 3))
    }

    @Test func `learners with the same total share the places of a group`() throws {
        // 4 of 10 learners have the best total and 3 places: each counts three quarters.
        let rows = ["110", "110", "101", "101", "100", "100", "100", "000", "000", "000"]
        let analysis = try #require(ItemAnalysis(questions(rows)))
        #expect(near(analysis.items[1].discriminationIndex, 0.5))
    }

    @Test(
        arguments: [
            [], ["1"], ["10"], ["11", "11"], ["00", "00", "00"],
        ]
    )
    func `what is not defined is not a number`(rows: [String]) throws {
        let analysis = try #require(ItemAnalysis(questions(rows)))
        #expect(analysis.reliability == nil && analysis.standardError == nil)
        #expect(analysis.items.allSatisfy { $0.itemRest == nil && $0.discriminationIndex == nil })
        if rows.isEmpty { #expect(analysis.mean == nil && analysis.items.isEmpty) }
    }

    @Test func `questions without points, or with other numbers of answers, are not analyzed`() throws {
        let analysis = try #require(ItemAnalysis(questions(["10", "01"], points: .zero)))
        #expect(analysis.items.allSatisfy { $0.facility == nil && $0.itemRest == nil })
        #expect(!analysis.isDichotomous)
        #expect(ItemAnalysis(questions(["1"]) + questions(["1", "0"])) == nil)
    }

    @Test func `questions that were drawn count for those who got them, and reliability is left open`() throws {
        let analysis = try #require(ItemAnalysis(questions(["1-1", "0-0", "11-", "00-", "-10"])))
        #expect(analysis.items.map(\.learners) == [4, 3, 3])
        #expect(near(analysis.items[0].facility, 0.5))
        #expect(analysis.reliability == nil)
    }

    @Test func `partial scores give alpha and not KR-20`() throws {
        // Scores of three learners in two questions of 2 points: 2 and 2, 1 and 1, 0 and 1.
        let analysis = try #require(
            ItemAnalysis([
                ItemAnalysis.Question(
                    maximum: Points(2),
                    answers: [2, 1, 0].map { ItemAnalysis.Answer(score: Points($0)) }
                ),
                ItemAnalysis.Question(
                    maximum: Points(2),
                    answers: [2, 1, 1].map { ItemAnalysis.Answer(score: Points($0)) }
                ),
            ])
        )
        #expect(!analysis.isDichotomous)
        // Variances 2/3 and 2/9, of the totals 4, 2, 1 it is 14/9: α = 2 (1 − 8/14).
        #expect(near(analysis.reliability, 6.0 / 7))
    }

    @Test func `options are counted, and those that mislead or nobody takes are flagged`() throws {
        let options = Sample.options(4, right: [0])
        let chosen = [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        let others = chosen.map { $0 == 1 ? Points(1) : Points(0) }
        let analysis = try #require(
            ItemAnalysis([
                ItemAnalysis.Question(
                    maximum: Points(1),
                    options: options,
                    answers: chosen.map {
                        ItemAnalysis.Answer(score: $0 == 0 ? Points(1) : .zero, chosen: [Sample.id($0)])
                    }
                ),
                ItemAnalysis.Question(maximum: Points(1), answers: others.map { ItemAnalysis.Answer(score: $0) }),
            ])
        )
        let item = analysis.items[0]
        #expect(item.options.map(\.count) == [19, 2, 1, 0])
        #expect(near(item.options[1].share, 2.0 / 22))
        #expect(item.options[0].rest == 0 && item.options[1].rest == 1 && item.options[3].rest == nil)
        #expect(item.flags == [.weak, .keySuspect, .unusedOption, .strongDistractor])
    }

    @Test(arguments: 1...20)
    func `statistics stay within their bounds`(round: Int) throws {
        var random = SplitMix64(state: UInt64(round))
        let (learners, items) = (2 + random.below(40), 2 + random.below(10))
        let questions = (0..<items).map { _ in
            ItemAnalysis.Question(
                maximum: Points(1),
                answers: (0..<learners).map { _ in
                    ItemAnalysis.Answer(score: Points(millionths: random.below(1_000_001)))
                }
            )
        }
        let analysis = try #require(ItemAnalysis(questions))
        for item in analysis.items {
            #expect(item.facility.map { (0...1).contains($0) } ?? false)
            #expect(item.itemRest.map { (-1...1).contains($0) } ?? true)
            #expect(item.discriminationIndex.map { (-1...1).contains($0) } ?? (learners < 10))
        }
        #expect(analysis.reliability.map { $0 <= 1 } ?? false)
    }
}
