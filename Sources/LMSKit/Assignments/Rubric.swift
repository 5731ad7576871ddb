// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How work is judged: criteria, each with levels.
public struct Rubric: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Rubric>
    /// The rubric's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// The title, 1–200 characters.
    public let title: String
    /// The number of the content: another one is another version, and assignments keep the one that they chose.
    public let version: Int
    /// What is judged.
    public let criteria: [RubricCriterion]
    /// What the best levels sum up to.
    public let points: Points
    /// When it was made, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public let updatedAt: Date

    package init(
        id: ID,
        course: Course.ID,
        title: String,
        version: Int,
        criteria: [RubricCriterion],
        points: Points,
        createdAt: Date
    ) {
        self.id = id
        self.course = course
        self.title = title
        self.version = version
        self.criteria = criteria
        self.points = points
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        title = try fields.next()
        version = try fields.next()
        criteria = try RubricCriterion.read(column: fields.next())
        points = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }
}

/// One thing that is judged.
public struct RubricCriterion: Sendable, Hashable, JSONWritable {
    /// The most criteria of a rubric.
    public static let limit = 20
    /// The most levels of a criterion.
    public static let levelLimit = 10
    /// What is judged, 1–200 characters.
    public var title: String
    /// What is meant, up to 1000 characters.
    public var description: String
    /// How well it can be done; 1–10.
    public var levels: [RubricLevel]

    /// Describes a criterion.
    ///
    /// - Parameters:
    ///   - title: What is judged.
    ///   - description: What is meant.
    ///   - levels: How well it can be done.
    public init(_ title: String, description: String = "", levels: [RubricLevel]) {
        self.title = title
        self.description = description
        self.levels = levels
    }

    /// What the best level gives.
    public var points: Points { levels.map(\.points).max() ?? .zero }

    /// Writes it with exact points.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("title", title)
            object.field("description", description)
            object.field("levels", levels)
        }
    }

    static func read(column: JSONText) throws(DatabaseError) -> [RubricCriterion] {
        // The database keeps nothing that is no JSON; what else it might be is told below.
        guard let value = try? JSONValue.parse(column.bytes), case .array(let criteria) = value else {
            throw .undecodable(column: "criteria", expected: "a list of criteria")
        }
        return try criteria.map { criterion throws(DatabaseError) in
            guard let title = criterion["title"]?.text, case .array(let levels)? = criterion["levels"] else {
                throw .undecodable(column: "criteria", expected: "a criterion")
            }
            return RubricCriterion(
                title,
                description: criterion["description"]?.text ?? "",
                levels: try levels.map(RubricLevel.init(stored:))
            )
        }
    }
}

/// How well something was done.
public struct RubricLevel: Sendable, Hashable, JSONWritable {
    /// What it is called, 1–200 characters.
    public var title: String
    /// What it takes, up to 1000 characters.
    public var description: String
    /// What it gives, 0–1000 points.
    public var points: Points

    /// Describes a level.
    ///
    /// - Parameters:
    ///   - title: What it is called.
    ///   - description: What it takes.
    ///   - points: What it gives.
    public init(_ title: String, description: String = "", points: Points) {
        self.title = title
        self.description = description
        self.points = points
    }

    /// Writes it with exact points.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("title", title)
            object.field("description", description)
            object.field("points", points)
        }
    }

    fileprivate init(stored: JSONValue) throws(DatabaseError) {
        guard let title = stored["title"]?.text, case .number(let text)? = stored["points"], let points = Points(text)
        else { throw .undecodable(column: "criteria", expected: "a level") }
        self.init(title, description: stored["description"]?.text ?? "", points: points)
    }
}

/// Which level of a criterion a work reached.
public struct RubricJudgment: Sendable, Hashable, JSONWritable {
    /// The level's place in the criterion, from 1.
    public var level: Int
    /// What is said to it, up to 1000 characters.
    public var comment: String?

    /// Describes a judgment.
    ///
    /// - Parameters:
    ///   - level: The level's place in the criterion, from 1.
    ///   - comment: What is said to it.
    public init(level: Int, comment: String? = nil) {
        self.level = level
        self.comment = comment
    }

    /// Writes the level and the comment.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("level", level)
            object.field("comment", comment)
        }
    }

    static func read(column: JSONText) throws(DatabaseError) -> [RubricJudgment] {
        // The database keeps nothing that is no JSON; what else it might be is told below.
        guard let value = try? JSONValue.parse(column.bytes), case .array(let judgments) = value else {
            throw .undecodable(column: "levels", expected: "a list of levels")
        }
        return try judgments.map { judgment throws(DatabaseError) in
            guard let level = judgment["level"]?.integer else {
                throw .undecodable(column: "levels", expected: "a level")
            }
            return RubricJudgment(level: level, comment: judgment["comment"]?.text)
        }
    }
}

extension [RubricCriterion] {
    /// What the best levels sum up to.
    var points: Points { reduce(.zero) { $0 + $1.points } }

    /// What a work earned that reached these levels: one for each criterion, in their order.
    func points(for judgments: [RubricJudgment]) throws(AssignmentError) -> Points {
        guard !isEmpty, judgments.count == count else { throw .invalidLevels }
        var sum = Points.zero
        for (criterion, judgment) in zip(self, judgments) {
            guard criterion.levels.indices.contains(judgment.level - 1) else { throw .invalidLevels }
            sum = sum + criterion.levels[judgment.level - 1].points
        }
        return sum
    }
}
