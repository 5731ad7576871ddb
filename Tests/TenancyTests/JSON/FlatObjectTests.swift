// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Testing

@Suite struct FlatObjectTests {
    private enum Thing {}

    private static let instants: [Date?] = [
        nil, Date(timeIntervalSince1970: 1_795_000_000.123), Date(timeIntervalSince1970: -62_135_596_800),
        Date(timeIntervalSince1970: 253_402_300_800), Date(timeIntervalSince1970: -0.001),
    ]

    @Test(arguments: instants, [0, 1, -1, 2_500_000, .max, .min])
    func `an object in one step is the object member by member`(instant: Date?, number: Int) {
        let id = Identifier<Thing>(UUID())
        var inOne = JSONWriter()
        var whole = JSONWriter()
        for _ in 0..<2 {
            inOne.flatObject(capacity: 256) { object in
                object.member(FlatName("id"), id)
                object.member(FlatName("at"), instant)
                object.member(FlatName("count"), number)
                object.member(FlatName("points"), units: number, decimals: 6)
                object.member(FlatName("none"), units: nil, decimals: 6)
                object.member(FlatName("status"), plain: "graded")
            }
            whole.object { object in
                object.field("id", id)
                object.field("at", instant)
                object.field("count", number)
                object.field("points", Fraction(millionths: number))
                object.field("none", nil as Int?)
                object.field("status", "graded")
            }
        }
        #expect(String(decoding: inOne.bytes, as: UTF8.self) == String(decoding: whole.bytes, as: UTF8.self))
    }

    private struct Fraction: JSONWritable {
        let millionths: Int

        func write(to json: inout JSONWriter) { json.append(units: millionths, decimals: 6) }
    }
}
