// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy

/// One tenant's rows, with the statements about courses and keys that the example needs.
///
/// A driver for a database hands every statement to its server. This one has no server, so it knows the few that it
/// answers by their text and refuses all others.
struct TenantRows: Sendable {
    /// A row by the names of its columns.
    typealias Record = [String: DatabaseValue]

    /// Raised by each change.
    private(set) var version = 0
    private var tables: [String: [Record]] = [:]

    /// Answers statements in order; the first that is refused ends the batch.
    mutating func answer(_ statements: [SQL]) throws(DatabaseError) -> [Rows] {
        var replies: [Rows] = []
        for statement in statements { replies.append(try answer(statement)) }
        return replies
    }

    private mutating func answer(_ statement: SQL) throws(DatabaseError) -> Rows {
        let text = statement.text
        if text.hasPrefix("INSERT INTO courses ") { return insertCourse(statement) }
        if text.hasPrefix("INSERT INTO course_instructors") { return insertInstructors(statement) }
        if text.hasPrefix("INSERT INTO tenant_keys") { return insertKey(statement) }
        // The audit log, whose digests the server makes; nobody reads it here.
        if text.contains("INSERT INTO audit_events") { return .empty }
        // Nobody reacts to events here.
        if text.contains("cell.record_event") { return .empty }
        if text.hasPrefix("UPDATE courses SET status") { return updateStatus(statement) }
        if text.hasPrefix("SELECT count(*) FROM courses") { return countCatalog() }
        if text.contains("FROM courses c WHERE c.id") { return selectCourses(statement) }
        if text.contains("ORDER BY c.id DESC") { return listCatalog(statement) }
        if text.contains("FROM tenant_keys") { return select(Self.keyColumns, from: "tenant_keys") }
        if text.contains("FROM enrollments") { return .empty }
        throw .refused(sqlState: "0A000")  // feature_not_supported
    }
}

extension TenantRows {
    /// The server counts the generation itself; the binds are the other columns.
    private mutating func insertKey(_ statement: SQL) -> Rows {
        version += 1
        let record = Dictionary(zip(Self.keyColumns, statement.binds)) { first, _ in first }
        tables["tenant_keys", default: []].append(record)
        return .empty
    }

    /// Returns no row if another course has the slug: the statement says `ON CONFLICT … DO NOTHING RETURNING id`.
    private mutating func insertCourse(_ statement: SQL) -> Rows {
        let (table, given) = statement.insertion
        guard !tables[table, default: []].contains(where: { $0["slug"] == given["slug"] }) else { return .empty }
        version += 1
        tables[table, default: []].append(given.merging(Self.courseDefaults) { given, _ in given })
        return Rows(names: ["id"], values: [given["id"].map { [$0] } ?? []])
    }

    private mutating func insertInstructors(_ statement: SQL) -> Rows {
        guard case .array(_, let users) = statement.binds.last, let course = statement.binds.first else {
            return .empty
        }
        version += 1
        let staff = users.map { user in
            if case .uuid(let id) = user { DatabaseValue.text("instructor:\(Principal.ID(id))") } else { user }
        }
        change(where: { $0["id"] == course }) { $0["staff"] = .array(.text, staff) }
        return .empty
    }

    /// The binds are the status, the time, both again, the courses and the status.
    private mutating func updateStatus(_ statement: SQL) -> Rows {
        guard case .array(_, let courses) = statement.binds[4] else { return .empty }
        let (status, now) = (statement.binds[0], statement.binds[1])
        version += 1
        change(where: { courses.contains($0["id"] ?? .null(.uuid)) }) { course in
            course["status"] = status
            course["updated_at"] = now
            if status == .text("published") { course["published_at"] = now }
            if case .int(let version) = course["version"] { course["version"] = .int(version + 1) }
        }
        return .empty
    }

    private mutating func change(where isMeant: (Record) -> Bool, _ body: (inout Record) -> Void) {
        guard var courses = tables["courses"] else { return }
        for index in courses.indices where isMeant(courses[index]) { body(&courses[index]) }
        tables["courses"] = courses
    }
}

extension TenantRows {
    /// The first bind is a course, or an array of courses.
    private func selectCourses(_ statement: SQL) -> Rows {
        let wanted: [DatabaseValue] =
            switch statement.binds.first {
            case .array(_, let courses): courses
            case .some(let course): [course]
            case nil: []
            }
        return select(Self.courseColumns, from: "courses") { wanted.contains($0["id"] ?? .null(.uuid)) }
    }

    /// The first page of the catalog, newest first, without the filters of `CourseQuery`; the text ends with the limit.
    private func listCatalog(_ statement: SQL) -> Rows {
        guard let limit = statement.text.split(separator: " ").last.flatMap({ Int($0) }) else { return .empty }
        let page = catalog.reversed().prefix(limit)
        return Rows(names: Self.courseColumns, values: page.map { $0.values(of: Self.courseColumns) })
    }

    private func countCatalog() -> Rows {
        Rows(names: ["count"], values: [[.int(Int64(catalog.count))]])
    }

    private var catalog: [Record] {
        tables["courses", default: []].filter { $0["status"] == .text("published") }
    }

    private func select(
        _ columns: [String],
        from table: String,
        where isWanted: (Record) -> Bool = { _ in true }
    ) -> Rows {
        Rows(names: columns, values: tables[table, default: []].filter(isWanted).map { $0.values(of: columns) })
    }

    private static let keyColumns = ["id", "master_key", "sealed", "created_at"]

    /// The columns of every SELECT of a course, in its order.
    private static let courseColumns = [
        "id", "slug", "title", "description", "category", "level", "price_minor", "currency", "thumbnail_url",
        "status", "is_featured", "is_trending", "is_open", "completion_threshold", "tags", "seat_limit",
        "staff", "version", "seats_taken", "published_lessons", "rating_count", "rating_sum",
        "created_at", "updated_at", "published_at", "series_id", "edition", "superseded_at", "is_template",
    ]

    /// What the migration gives the columns that an INSERT does not name.
    private static let courseDefaults: Record = [
        "staff": .array(.text, []), "version": .int(1), "seats_taken": .int(0), "published_lessons": .int(0),
        "rating_count": .int(0), "rating_sum": .int(0), "published_at": .null(.timestamp),
        "series_id": .null(.uuid), "edition": .int(1), "superseded_at": .null(.timestamp), "is_template": .bool(false),
    ]
}

extension TenantRows.Record {
    fileprivate func values(of columns: [String]) -> [DatabaseValue] {
        columns.map { self[$0] ?? .null(.text) }
    }
}

extension SQL {
    /// The table and the row of an INSERT in which every value is a bind.
    fileprivate var insertion: (table: String, record: TenantRows.Record) {
        let parts = text.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == "(" || $0 == ")" }
        let table = parts[0].split(separator: " ").last.map(String.init) ?? ""
        let columns = parts[1].split { $0 == "," || $0.isWhitespace }.map(String.init)
        return (table, Dictionary(zip(columns, binds)) { first, _ in first })
    }
}
