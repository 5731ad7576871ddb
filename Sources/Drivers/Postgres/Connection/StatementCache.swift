// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// One statement as one connection knows it in one scope.
final class Statement {
    let text: String
    fileprivate let key: StatementKey
    /// Its name on the server; empty while it is not prepared.
    var name = ""
    var types: [UInt32] = []
    /// The columns, once a reply of the prepared statement has told them.
    var shape: Rows.Shape?
    var usualTime = UsualTime()
    fileprivate(set) var lastUse: UInt64 = 0
    fileprivate(set) var uses = 0

    fileprivate init(text: String, key: StatementKey) {
        self.text = text
        self.key = key
    }

    var isPrepared: Bool { !name.isEmpty }
}

/// The statements that one connection has seen, by scope and text: prepared on their second use, forgotten when unused longest.
struct StatementCache {
    private let limit: Int
    private var scopes: [UUID: [StatementKey: Statement]] = [:]
    private var count = 0
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0
    /// Names that the server may forget.
    private var released: [String] = []

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// How many scopes have used the connection, which the backend remembers for ever.
    var scopeCount: Int { scopes.count }
    var hasReleased: Bool { !released.isEmpty }

    mutating func use(_ sql: SQL, in scope: UUID) -> Statement {
        clock += 1
        let key = StatementKey(sql)
        if let known = scopes[scope]?[key] {
            known.lastUse = clock
            known.uses += 1
            return known
        }
        let statement = Statement(text: sql.text, key: key)
        statement.lastUse = clock
        statement.uses = 1
        scopes[scope, default: [:]][key] = statement
        count += 1
        if count > limit { evict() }
        return statement
    }

    /// Whether a statement is known to be slow.
    func isSlow(_ sql: SQL, in scope: UUID) -> Bool {
        scopes[scope]?[StatementKey(sql)]?.usualTime.isSlow ?? false
    }

    mutating func nextName() -> String {
        lastName += 1
        return "s\(lastName)"
    }

    /// Makes a statement unprepared after the server refused it; the server is told to forget the name.
    mutating func unprepare(_ statement: Statement) {
        guard statement.isPrepared else { return }
        released.append(statement.name)
        statement.name = ""
        statement.shape = nil
    }

    mutating func takeReleased() -> [String] {
        let names = released
        released = []
        return names
    }

    /// Forgets the sixteenth of the statements that was not used for longest, so that a full cache is scanned rarely.
    private mutating func evict() {
        var all: [(scope: UUID, statement: Statement)] = []
        all.reserveCapacity(count)
        for (scope, statements) in scopes {
            for statement in statements.values { all.append((scope, statement)) }
        }
        all.sort { $0.statement.lastUse < $1.statement.lastUse }
        for (scope, statement) in all.prefix(count - limit + limit / 16) {
            unprepare(statement)
            scopes[scope]?[statement.key] = nil
            count -= 1
        }
    }
}
