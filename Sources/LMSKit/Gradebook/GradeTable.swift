// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Grades as a table (RFC 4180): a line for each learner, a column for each item, whose heading ends in its identifier in brackets.
///
/// A cell is a score, `EX` for excused, `MI` for missing, or empty, which changes nothing.
enum GradeTable {
    /// The most lines behind the heading.
    static let lineLimit = 1_000
    /// The most changes.
    static let changeLimit = 25_000
    static let leading = ["userId", "name", "email"]
    static let trailing = ["current", "final", "override", "letter"]

    /// What somebody has now.
    struct Standing {
        let score: Points?
        let status: Grade.Status
        let version: Int
    }

    /// What is read of a table.
    struct Reading {
        var changes: [GradeImportChange] = []
        /// Of each change, the version of what was there.
        var versions: [Int] = []
        var issues: [GradeImportIssue] = []

        mutating func report(_ line: Int, _ column: String, _ code: GradeImportIssue.Code) {
            guard issues.count < GradeImportIssue.limit else { return }
            issues.append(GradeImportIssue(line: line, column: column, code: code))
        }
    }

    static func heading(of items: [GradeItem]) -> [String] {
        leading + items.map { "\($0.draft.title) [\($0.id)]" } + trailing
    }

    static func line(_ learner: LearnerGrades, _ items: [GradeItem]) -> [String] {
        let cells = items.map { item in
            guard let grade = learner.grades[item.id] else { return "" }
            return switch grade.status {
            case .excused: "EX"
            case .missing: "MI"
            case .graded, .late, .ungraded: grade.score?.description ?? ""
            }
        }
        let sum = learner.sum
        return [learner.learner.description, learner.name, learner.email ?? ""] + cells + [
            sum.current?.description ?? "", sum.final?.description ?? "", sum.override?.description ?? "",
            sum.letter ?? "",
        ]
    }

    /// Splits a table and names its learners.
    static func split(_ text: String) throws(GradebookError) -> [CSV.Record] {
        do {
            let records = try CSV.records(text)
            guard let first = records.first, first.fields.contains("userId") else {
                throw GradebookError.unreadableTable(line: 1)
            }
            guard records.count <= lineLimit + 1 else { throw GradebookError.unreadableTable(line: lineLimit + 2) }
            return records
        } catch let error as GradebookError {
            throw error
        } catch CSV.Mistake.openQuote(let line), CSV.Mistake.strayQuote(let line) {
            throw .unreadableTable(line: line)
        } catch {
            throw .unreadableTable(line: 1)
        }
    }

    /// The learners that a table names, as far as they are identifiers.
    static func learners(in records: [CSV.Record]) -> [Principal.ID] {
        guard let column = records.first?.fields.firstIndex(of: "userId") else { return [] }
        return records.dropFirst().compactMap { $0.fields.count > column ? Principal.ID($0.fields[column]) : nil }
    }

    /// Reads what a table changes.
    ///
    /// - Parameters:
    ///   - records: The table, with its heading.
    ///   - items: The course's items.
    ///   - standings: What the learners of the course have; those that are not in it do not learn there.
    /// - Returns: The changes and what is wrong.
    static func read(
        _ records: [CSV.Record],
        items: [GradeItem],
        standings: [Principal.ID: [GradeItem.ID: Standing]]
    ) -> Reading {
        var reading = Reading()
        guard let heading = records.first, let learnerColumn = heading.fields.firstIndex(of: "userId") else {
            return reading
        }
        let columns = columns(heading, items, &reading)
        var seen: Set<Principal.ID> = []
        for record in records.dropFirst() {
            guard record.fields.count == heading.fields.count else {
                reading.report(record.line, "", .wrongFieldCount)
                continue
            }
            guard let learner = Principal.ID(record.fields[learnerColumn]), let standing = standings[learner] else {
                reading.report(record.line, "userId", .unknownLearner)
                continue
            }
            guard seen.insert(learner).inserted else {
                reading.report(record.line, "userId", .duplicate)
                continue
            }
            for (index, item) in columns {
                let before = standing[item.id] ?? Standing(score: nil, status: .ungraded, version: 0)
                let column = heading.fields[index]
                switch cell(record.fields[index], item, before) {
                case .same: continue
                case .issue(let code): reading.report(record.line, column, code)
                case .change(let status, let score):
                    reading.changes.append(
                        GradeImportChange(
                            position: reading.changes.count + 1,
                            line: record.line,
                            learner: learner,
                            item: item.id,
                            before: before.score,
                            beforeStatus: before.status,
                            after: score,
                            afterStatus: status
                        )
                    )
                    reading.versions.append(before.version)
                }
            }
        }
        return reading
    }

    private static func columns(
        _ heading: CSV.Record,
        _ items: [GradeItem],
        _ reading: inout Reading
    ) -> [(Int, GradeItem)] {
        var columns: [(Int, GradeItem)] = []
        var seen: Set<String> = []
        for (index, field) in heading.fields.enumerated() {
            let key = identifier(in: field).map(\.description) ?? field
            guard seen.insert(key).inserted else {
                reading.report(heading.line, field, .duplicate)
                continue
            }
            if leading.contains(field) || trailing.contains(field) { continue }
            guard let id = identifier(in: field), let item = items.first(where: { $0.id == id }) else {
                reading.report(heading.line, field, .unknownColumn)
                continue
            }
            columns.append((index, item))
        }
        return columns
    }

    /// The identifier in the brackets at the end of a heading.
    private static func identifier(in heading: String) -> GradeItem.ID? {
        guard heading.hasSuffix("]"), let bracket = heading.lastIndex(of: "[") else { return nil }
        return GradeItem.ID(String(heading[heading.index(after: bracket)...].dropLast()))
    }

    private enum Cell {
        case same
        case issue(GradeImportIssue.Code)
        case change(Grade.Status, Points?)
    }

    private static func cell(_ text: String, _ item: GradeItem, _ before: Standing) -> Cell {
        switch text.uppercased() {
        case "": return .same
        case "EX": return before.status == .excused ? .same : .change(.excused, nil)
        case "MI":
            guard before.status != .missing else { return .same }
            return item.kind == .manual ? .change(.missing, nil) : .issue(.scoredElsewhere)
        default:
            guard let score = Points(text) else { return .issue(.malformed) }
            let isGraded = before.status == .graded || before.status == .late
            if isGraded, before.score == score { return .same }
            guard item.kind == .manual else { return .issue(.scoredElsewhere) }
            guard score <= item.draft.maxPoints else { return .issue(.tooHigh) }
            return .change(before.status == .late ? .late : .graded, score)
        }
    }
}
