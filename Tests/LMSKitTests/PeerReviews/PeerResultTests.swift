// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct PeerResultTests {
    private static func weight(_ pairs: [(Int, Int)], worth: Int = 10) -> Int {
        let examples = pairs.map { CalibratedPoints(given: Points($0.0), reference: Points($0.1)) }
        return ReviewWeight(calibrating: examples, worth: Points(worth)).millionths
    }

    @Test func `who gives what the staff does counts whole, and nobody less than a tenth`() {
        #expect(Self.weight([]) == 1_000_000)
        #expect(Self.weight([(7, 7), (0, 0)]) == 1_000_000)
        #expect(Self.weight([(10, 0)]) == 100_000)
        #expect(Self.weight([(5, 10)]) == 100_000)
    }

    @Test func `twice the mean distance is lost, whichever way it goes`() {
        #expect(Self.weight([(6, 7)]) == 800_000)
        #expect(Self.weight([(8, 7)]) == 800_000)
        #expect(Self.weight([(6, 7), (8, 7)]) == 800_000)
        // A third of a tenth: 0.0333333… is lost twice.
        #expect(Self.weight([(7, 7), (7, 7), (8, 7)]) == 933_333)
    }

    private static func mark(_ points: Int, _ weight: [(Int, Int)] = []) -> PeerResult.Mark {
        let examples = weight.map { CalibratedPoints(given: Points($0.0), reference: Points($0.1)) }
        return PeerResult.Mark(points: Points(points), weight: ReviewWeight(calibrating: examples, worth: Points(10)))
    }

    @Test func `with equal weights it is the usual median, and the average counts all the same`() {
        #expect(PeerResult(of: [PeerResult.Mark]()) == PeerResult(count: 0, average: nil, median: nil))
        #expect(PeerResult(of: [Self.mark(4)]).median == Points(4))
        let odd = PeerResult(of: [Self.mark(9), Self.mark(1), Self.mark(4)])
        #expect(odd.median == Points(4) && odd.average == Points(millionths: 4_666_667) && odd.count == 3)
        let even = PeerResult(of: [Self.mark(9), Self.mark(4), Self.mark(1), Self.mark(5)])
        #expect(even.median == Points(millionths: 4_500_000))
    }

    @Test func `a reviewer who was far off moves the median less`() {
        let far = [(10, 0)]
        #expect(PeerResult(of: [Self.mark(9), Self.mark(1, far)]).median == Points(9))
        #expect(PeerResult(of: [Self.mark(2, far), Self.mark(1, far), Self.mark(8)]).median == Points(8))
        #expect(PeerResult(of: [Self.mark(2), Self.mark(3), Self.mark(10, far)]).median == Points(3))
    }

    @Test(arguments: 0..<100)
    func `the median is between the points, and half of the weight is on neither side of it`(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let marks = (0...random.below(9)).map { _ in
            Self.mark(random.below(11), [(random.below(11), random.below(11))])
        }
        let median = try #require(PeerResult(of: marks).median)
        let total = marks.reduce(0) { $0 + $1.weight.millionths }
        let below = marks.filter { $0.points < median }.reduce(0) { $0 + $1.weight.millionths }
        let above = marks.filter { $0.points > median }.reduce(0) { $0 + $1.weight.millionths }
        #expect(2 * below <= total && 2 * above <= total)
        #expect(PeerResult(of: marks.reversed()).median == median)
    }
}
