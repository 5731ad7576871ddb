// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// How people are brought in.
public enum UserImportMode: String, Sendable, CaseIterable {
    /// They are members at once and choose a password by "forgot password".
    case create
    /// They get an invitation and are members once they accept it.
    case invite
}

/// What bringing people in came to, or would come to.
public struct UserImportReport: Sendable, Equatable {
    /// How many are new.
    public var added = 0
    /// How many were there already and stay as they are.
    public var unchanged = 0
    /// What is wrong, and where; nobody was brought in if there is anything.
    public var issues: [Issue] = []

    /// What is wrong with one field.
    public struct Issue: Sendable, Equatable {
        /// The line of the file, from 1.
        public let line: Int
        /// The name of the column; empty for the whole line.
        public let column: String
        /// What is wrong.
        public let code: Code

        package init(line: Int, column: String, code: Code) {
            self.line = line
            self.column = column
            self.code = code
        }
    }

    /// What can be wrong.
    @nonexhaustive
    public enum Code: String, Sendable {
        /// It is missing.
        case required = "REQUIRED"
        /// It has not the form of such a value.
        case malformed = "MALFORMED"
        /// It stands in an earlier line too.
        case repeated = "REPEATED"
        /// Somebody else has it.
        case taken = "TAKEN"
        /// The column is none of those that are known.
        case unknownColumn = "UNKNOWN_COLUMN"
        /// The line has more or fewer fields than the first.
        case wrongNumberOfFields = "WRONG_NUMBER_OF_FIELDS"
        /// A quote is not where RFC 4180 has it.
        case strayQuote = "STRAY_QUOTE"
        /// There are more lines than may be.
        case tooMany = "TOO_MANY"
    }

    init() {}

    package init(added: Int, unchanged: Int, issues: [Issue]) {
        self.added = added
        self.unchanged = unchanged
        self.issues = issues
    }
}

/// Somebody as a line has them.
struct ImportedPerson: Sendable {
    let line: Int
    let email: Email
    let name: String?
    let username: Username?
    let roles: [Role.Name]
    let locale: String?

    /// The columns; the first is required.
    static let columns = ["email", "name", "username", "roles", "locale"]
    /// How many lines may be brought in at once.
    static let limit = 1_000

    /// Reads a file; what is wrong goes to the report.
    static func read(_ text: String, report: inout UserImportReport) -> [ImportedPerson] {
        var issues: [UserImportReport.Issue] = []
        defer { report.issues = Array(issues.prefix(100)) }
        func note(_ line: Int, _ column: String, _ code: UserImportReport.Code) {
            issues.append(UserImportReport.Issue(line: line, column: column, code: code))
        }
        let records: [CSV.Record]
        do {
            records = try CSV.records(text)
        } catch {
            switch error {
            case .strayQuote(let line), .openQuote(let line): note(line, "", .strayQuote)
            }
            return []
        }
        guard let header = records.first?.fields.map({ $0.lowercased() }), header.contains("email") else {
            note(1, "email", .required)
            return []
        }
        for name in header where !columns.contains(name) { note(1, name, .unknownColumn) }
        if Set(header).count != header.count { note(1, "", .repeated) }
        guard issues.isEmpty else { return [] }
        guard records.count - 1 <= limit else {
            note(limit + 2, "", .tooMany)
            return []
        }
        var people: [ImportedPerson] = []
        var emails: Set<String> = []
        var usernames: Set<String> = []
        for record in records.dropFirst() {
            guard record.fields.count == header.count else {
                note(record.line, "", .wrongNumberOfFields)
                continue
            }
            let values = Dictionary(zip(header, record.fields)) { first, _ in first }.filter { !$0.value.isEmpty }
            func parsed<Value>(_ column: String, _ parse: (String) -> Value?) -> Value? {
                guard let text = values[column] else { return nil }
                if let value = parse(text) { return value }
                note(record.line, column, .malformed)
                return nil
            }
            let isPlain = { (text: String) in
                text.count <= 255 && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? text : nil
            }
            let name = parsed("name", isPlain)
            let username = parsed("username") { Username($0) }
            let locale = parsed("locale") { ["en", "es", "ar"].contains($0) ? $0 : nil }
            let roles = parsed("roles") { text -> [Role.Name]? in
                let names = text.split(separator: ";").map { Role.Name(String($0)) }
                return names.contains { $0 == nil } || names.count > 20 ? nil : names.compactMap(\.self)
            }
            guard values["email"] != nil else {
                note(record.line, "email", .required)
                continue
            }
            guard let email = parsed("email", { Email($0) }) else { continue }
            if !emails.insert(email.key).inserted { note(record.line, "email", .repeated) }
            if let username, !usernames.insert(username.text.lowercased()).inserted {
                note(record.line, "username", .repeated)
            }
            people.append(
                ImportedPerson(
                    line: record.line,
                    email: email,
                    name: name,
                    username: username,
                    roles: roles ?? [BuiltInRole.student.name],
                    locale: locale
                )
            )
        }
        return people
    }
}
