// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A submission in a list, without its text, as far as it may be seen.
struct SubmissionSummaryBody: ResponseBody {
    let view: SubmissionView

    init(_ view: SubmissionView) {
        self.view = view
    }

    static var example: SubmissionSummaryBody { SubmissionSummaryBody(SubmissionView.examples[0]) }
    static var variations: [SubmissionSummaryBody] {
        SubmissionView.examples.dropFirst().map(SubmissionSummaryBody.init)
    }

    func write(to json: inout JSONWriter) {
        json.object { view.write(to: &$0) }
    }
}

/// A submission with its text and what is said to it, as far as it may be seen.
struct SubmissionBody: ResponseBody {
    let view: SubmissionView

    init(_ view: SubmissionView) {
        self.view = view
    }

    static var example: SubmissionBody { SubmissionBody(SubmissionView.examples[0]) }
    static var variations: [SubmissionBody] { SubmissionView.examples.dropFirst().map(SubmissionBody.init) }

    /// For those who grade, and of drafts, which are saved by their assignment; of another one it would tell a learner that somebody
    /// graded it.
    var etag: ETag? {
        let submission = view.submission
        if view.audience == .grader { return ETag(version: submission.version, of: submission.id, showing: self) }
        guard submission.status == .draft else { return nil }
        return ETag(version: submission.version, of: submission.assignment, showing: self)
    }

    func write(to json: inout JSONWriter) {
        let submission = view.submission
        json.object { object in
            view.write(to: &object)
            object.field("text", submission.text)
            object.field("sequence", submission.sequence)
            object.field("members", view.groupMembers.map(SubmissionMemberBody.init))
            object.field("files", view.files.map(SubmissionFileBody.init))
            object.field("levels", view.showsGrade ? submission.grade?.judgments ?? [] : [])
            object.field("feedback", view.showsFeedback ? submission.feedback : nil)
            object.field("comments", view.comments.map(SubmissionCommentBody.init))
        }
    }
}

/// A file of a submission.
struct SubmissionFileBody: ResponseBody {
    let file: SubmissionFile

    init(_ file: SubmissionFile) {
        self.file = file
    }

    static var example: SubmissionFileBody { SubmissionFileBody(.example) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", file.id)
            object.field("submissionId", file.submission)
            object.field("position", file.position)
            object.field("name", file.name)
            object.field("mediaType", file.mediaType)
            object.field("byteCount", file.byteCount)
        }
    }
}

/// Somebody of the group whose submission it is.
private struct SubmissionMemberBody: JSONWritable {
    let member: SubmissionMember

    init(_ member: SubmissionMember) {
        self.member = member
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", member.user)
            object.field("displayName", member.displayName)
        }
    }
}

/// What is said to a part of a text.
struct SubmissionCommentBody: ResponseBody {
    let comment: SubmissionComment

    init(_ comment: SubmissionComment) {
        self.comment = comment
    }

    static var example: SubmissionCommentBody { SubmissionCommentBody(.example) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", comment.id)
            object.field("start", comment.range.lowerBound)
            object.field("end", comment.range.upperBound)
            object.field("body", comment.body)
            object.field("createdAt", comment.createdAt)
        }
    }
}

/// What a submission has in common with other learners'.
struct SubmissionSimilarityBody: ResponseBody {
    let similarity: SubmissionSimilarity

    static var example: SubmissionSimilarityBody {
        let match = SubmissionMatch(
            other: SubmissionView.examples[0],
            containment: Percentage(completed: 3, of: 4),
            passages: [SharedPassage(here: 10..<120, there: 0..<110)]
        )
        return SubmissionSimilarityBody(
            similarity: SubmissionSimilarity(submission: .example, comparedAt: .exampleTime, matches: [match])
        )
    }
    static var variations: [SubmissionSimilarityBody] {
        let none = SubmissionSimilarity(submission: .example, comparedAt: nil, matches: [])
        return [SubmissionSimilarityBody(similarity: none)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("submissionId", similarity.submission)
            object.field("comparedAt", similarity.comparedAt)
            object.field("matches", similarity.matches.map(SubmissionMatchBody.init))
        }
    }
}

/// What a submission has in common with another one.
private struct SubmissionMatchBody: JSONWritable {
    let match: SubmissionMatch

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("submission", SubmissionSummaryBody(match.other))
            object.field("containmentPercentage", match.containment.value)
            object.field("passages", match.passages)
        }
    }
}

extension SubmissionView {
    /// Whose it is, where it is a group's and that may be seen.
    fileprivate var groupMembers: [SubmissionMember] {
        showsPerson && submission.group != nil ? members : []
    }

    /// Writes what lists and single submissions have in common.
    fileprivate func write(to object: inout JSONWriter) {
        let grade = showsGrade ? submission.grade : nil
        object.field("id", submission.id)
        object.field("assignmentId", submission.assignment)
        object.field("assignmentTitle", submission.assignmentTitle)
        object.field("courseId", submission.course)
        let (isAlone, group) = (submission.group == nil, showsPerson ? submission.group : nil)
        object.field("userId", showsPerson && isAlone ? submission.user : nil)
        object.field("displayName", showsPerson && isAlone ? submission.displayName : nil)
        object.field("groupId", group?.id)
        object.field("groupName", group?.name)
        object.field("pseudonym", showsPerson ? nil : submission.pseudonym)
        object.field("number", submission.number)
        object.field("status", status.rawValue)
        object.field("isLatest", submission.isLatest)
        object.field("savedAt", submission.savedAt)
        object.field("receivedAt", submission.receivedAt)
        object.field("daysLate", submission.daysLate)
        object.field("earned", grade?.earned)
        object.field("points", grade?.points)
        object.field("maxPoints", submission.maxPoints)
        object.field("gradedAt", grade?.gradedAt)
        object.field("releasedAt", showsGrade ? submission.releasedAt : nil)
        object.field("version", audience == .grader ? submission.version : nil)
    }

    /// Released, a group's, and seen by a grader; a learner's draft; held, and graded blindly; a learner's own.
    fileprivate static let examples: [SubmissionView] = {
        let grade = Submission.Grade(
            earned: Points(9),
            points: Points(8),
            judgments: [RubricJudgment(level: 2, comment: "Well argued."), RubricJudgment(level: 1)],
            gradedAt: .exampleTime
        )
        func submission(_ status: Submission.Status, isBlind: Bool, isReleased: Bool) -> Submission {
            Submission(
                id: .example,
                assignment: .example,
                maxPoints: Points(10),
                isBlind: isBlind,
                number: 1,
                status: status,
                text: "Because.",
                at: .exampleTime,
                grade: status == .graded ? grade : nil,
                feedback: status == .graded ? "Well argued." : nil,
                releasedAt: isReleased ? .exampleTime : nil,
                group: isReleased && isBlind ? Submission.Group(id: .example, name: "Group 3") : nil
            )
        }
        let released = submission(.graded, isBlind: true, isReleased: true)
        let member = SubmissionMember(
            submission: .example,
            user: .example,
            enrollment: .example,
            displayName: "Ada Lovelace"
        )
        return [
            SubmissionView(
                released,
                comments: [.example],
                files: [.example],
                members: [member],
                for: .grader
            ),
            SubmissionView(submission(.draft, isBlind: false, isReleased: false), for: .learner),
            SubmissionView(submission(.graded, isBlind: true, isReleased: false), for: .grader),
            SubmissionView(submission(.graded, isBlind: false, isReleased: true), for: .learner),
        ]
    }()
}

extension SubmissionFile {
    fileprivate static let example = SubmissionFile(
        id: .example,
        submission: .example,
        position: 1,
        name: "proof.pdf",
        mediaType: "application/pdf",
        byteCount: 48_211
    )
}

extension SubmissionComment {
    fileprivate static let example = SubmissionComment(
        id: .example,
        range: 0..<7,
        body: "Why?",
        createdAt: .exampleTime
    )
}
