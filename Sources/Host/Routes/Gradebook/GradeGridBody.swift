// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A page of learners with all of their grades: five megabytes for 500 learners and 50 items.
///
/// A short one is sent whole. A long one is written slice by slice as the client takes it, and the loop serves others in
/// between; of its text there are never more than two slices in memory.
struct GradeGridBody: ResponseBody {
    /// From how many bytes on a slice is sent.
    private static let slice = 65_536

    let items: [GradeItem]
    let learners: [LearnerGrades]
    let nextCursor: String?

    static var example: GradeGridBody {
        GradeGridBody(
            items: [.example(.manual)],
            learners: [.example(.example), .example(.empty)],
            nextCursor: "AYkKXayWd0u8…"
        )
    }
    static var variations: [GradeGridBody] {
        [GradeGridBody(items: [.example(.quiz)], learners: [], nextCursor: nil)]
    }

    var content: (mediaType: String, body: HTTPResponse.Body) {
        var json = JSONWriter(capacity: Self.slice * 5 / 4)
        begin(&json)
        let first = fill(&json, from: 0)
        guard first < learners.count else {
            end(&json)
            return (WrittenReply.json, .bytes(json.bytes))
        }
        let body = HTTPResponse.Body.stream(length: nil) { [json] writer in
            var (json, next) = (json, first)
            while next < learners.count {
                try await writer.write(json.take())
                await EventLoop.turn()
                next = fill(&json, from: next)
            }
            end(&json)
            try await writer.write(json.bytes)
        }
        return (WrittenReply.json, body)
    }

    func write(to json: inout JSONWriter) {
        begin(&json)
        for learner in learners { json.value(LearnerGradesBody(learner)) }
        end(&json)
    }

    private func begin(_ json: inout JSONWriter) {
        json.beginObject()
        json.field("gradeItems", items.map(GradeItemBody.init))
        json.beginArray("items")
    }

    /// Writes learners until a slice is full, and returns which one comes next.
    private func fill(_ json: inout JSONWriter, from first: Int) -> Int {
        var next = first
        while next < learners.count, json.bytes.count < Self.slice {
            json.value(LearnerGradesBody(learners[next]))
            next += 1
        }
        return next
    }

    private func end(_ json: inout JSONWriter) {
        json.endArray()
        if let nextCursor { json.field("nextCursor", nextCursor) }
        json.endObject()
    }
}
