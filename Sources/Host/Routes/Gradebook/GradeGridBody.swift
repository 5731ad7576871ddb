// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A page of learners with all of their grades: five megabytes for 500 learners and 50 items.
///
/// It is written in slices, between which the loop serves others, and into room that is made at once.
struct GradeGridBody: ResponseBody {
    /// How many learners are written between two looks at what else there is to do.
    private static let slice = 32

    private let text: [UInt8]

    init(items: [GradeItem], learners: [LearnerGrades], nextCursor: String?) async {
        var json = Self.begin(items, learners.count)
        for (index, learner) in learners.enumerated() {
            if index % Self.slice == Self.slice - 1 { await EventLoop.turn() }
            json.value(LearnerGradesBody(learner))
        }
        text = Self.end(json, nextCursor)
    }

    private init(example items: [GradeItem], _ learners: [LearnerGrades], _ nextCursor: String?) {
        var json = Self.begin(items, learners.count)
        for learner in learners { json.value(LearnerGradesBody(learner)) }
        text = Self.end(json, nextCursor)
    }

    private static func begin(_ items: [GradeItem], _ learners: Int) -> JSONWriter {
        var json = JSONWriter(capacity: 1_024 + items.count * 512 + learners * (512 + items.count * 224))
        json.beginObject()
        json.field("gradeItems", items.map(GradeItemBody.init))
        json.beginArray("items")
        return json
    }

    private static func end(_ json: consuming JSONWriter, _ nextCursor: String?) -> [UInt8] {
        json.endArray()
        if let nextCursor { json.field("nextCursor", nextCursor) }
        json.endObject()
        return json.bytes
    }

    static var example: GradeGridBody {
        GradeGridBody(
            example: [.example(.manual)],
            [.example(.example), .example(.empty)],
            "AYkKXayWd0u8…"
        )
    }
    static var variations: [GradeGridBody] { [GradeGridBody(example: [.example(.quiz)], [], nil)] }

    var content: (mediaType: String, body: HTTPResponse.Body) { (WrittenReply.json, .bytes(text)) }

    func write(to json: inout JSONWriter) { json.raw(text) }
}
