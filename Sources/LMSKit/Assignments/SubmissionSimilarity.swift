// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a submission has in common with other learners' of the same course.
///
/// It is for somebody who reads both: it proves nothing, and nothing follows from it.
public struct SubmissionSimilarity: Sendable {
    /// The submission.
    public let submission: Submission.ID
    /// When it was compared, UTC; `nil` if it was not yet.
    public let comparedAt: Date?
    /// The other submissions, those with most in common first; at most 50.
    public let matches: [SubmissionMatch]

    package init(submission: Submission.ID, comparedAt: Date?, matches: [SubmissionMatch]) {
        self.submission = submission
        self.comparedAt = comparedAt
        self.matches = matches
    }
}

/// What a submission has in common with another one.
public struct SubmissionMatch: Sendable {
    /// The other submission, as a grader may see it.
    public let other: SubmissionView
    /// How much of the submission is in the other one.
    public let containment: Percentage
    /// What both have, in the submission's order; at most 50.
    public let passages: [SharedPassage]

    package init(other: SubmissionView, containment: Percentage, passages: [SharedPassage]) {
        self.other = other
        self.containment = containment
        self.passages = passages
    }
}

/// A passage that two texts have in common, in code points of each.
public struct SharedPassage: Sendable, Hashable, JSONWritable {
    /// The most passages of a pair.
    public static let limit = 50
    /// Where it is in the submission.
    public var here: Range<Int>
    /// Where it is in the other one.
    public var there: Range<Int>

    package init(here: Range<Int>, there: Range<Int>) {
        self.here = here
        self.there = there
    }

    /// Writes where it starts and ends in both.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("start", here.lowerBound)
            object.field("end", here.upperBound)
            object.field("otherStart", there.lowerBound)
            object.field("otherEnd", there.upperBound)
        }
    }

    /// As the other submission has it.
    var reversed: SharedPassage { SharedPassage(here: there, there: here) }

    /// Puts shared fingerprints together that follow each other in both texts.
    ///
    /// - Parameters:
    ///   - shared: Where each is here and there, in the order of here; one that is there several times comes several times.
    ///   - gap: How many code points may lie between two of a passage.
    /// - Returns: The passages, the longest if there are more than the limit, in the order of here.
    static func merging(_ shared: [SharedPassage], gap: Int = 40) -> [SharedPassage] {
        var passages: [SharedPassage] = []
        for next in shared {
            // Those before end too early.
            let follows = passages.suffix(16).lastIndex { passage in
                next.here.lowerBound <= passage.here.upperBound + gap
                    && next.there.lowerBound >= passage.there.lowerBound
                    && next.there.lowerBound <= passage.there.upperBound + gap
            }
            if let follows {
                let passage = passages[follows]
                passages[follows].here = passage.here.lowerBound..<max(passage.here.upperBound, next.here.upperBound)
                passages[follows].there =
                    passage.there.lowerBound..<max(passage.there.upperBound, next.there.upperBound)
            } else if passages.last.map({ next.here.lowerBound >= $0.here.upperBound }) ?? true {
                // What lies in a passage already, and is elsewhere there, says nothing more.
                passages.append(next)
            }
        }
        let longest = passages.sorted { $0.here.count > $1.here.count }.prefix(limit)
        return longest.sorted { $0.here.lowerBound < $1.here.lowerBound }
    }

    static func read(column: JSONText) throws(DatabaseError) -> [SharedPassage] {
        // The database keeps nothing that is no JSON; what else it might be is told below.
        guard let value = try? JSONValue.parse(column.bytes), case .array(let passages) = value else {
            throw .undecodable(column: "passages", expected: "a list of passages")
        }
        return try passages.map { passage throws(DatabaseError) in
            guard let start = passage["start"]?.integer, let end = passage["end"]?.integer, start <= end,
                let otherStart = passage["otherStart"]?.integer, let otherEnd = passage["otherEnd"]?.integer,
                otherStart <= otherEnd
            else { throw .undecodable(column: "passages", expected: "a passage") }
            return SharedPassage(here: start..<end, there: otherStart..<otherEnd)
        }
    }
}
