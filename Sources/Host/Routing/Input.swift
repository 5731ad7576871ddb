// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// What a route was called with, validated.
struct Input<Path: PathParameters, Query: QueryParameters, Body: RequestBody>: Sendable {
    let path: Path
    let query: Query
    let body: Body
}

/// What a route was called with, before it is read.
struct RawInput: Sendable {
    /// The parameters of the path, percent-decoded.
    var path: [JSONMember] = []
    /// The query as it was sent, without its question mark.
    var query: [UInt8] = []
    var body: [UInt8] = []
    var format: BodyFormat?
}

extension Input {
    /// Reads and validates everything at once.
    ///
    /// - Throws: `.validationFailed` with every mistake; `.malformedBody` if the body is no JSON.
    init(_ raw: RawInput) throws(Problem) {
        var issues = FieldIssues(encoding: .text)
        path = raw.path.isEmpty ? Path.empty : Path.read(raw.path, encoding: .text, issues: &issues)
        query =
            raw.query.isEmpty && Query.self == Nothing.self
            ? Query.empty : Query.read(try Form.parse(raw.query), encoding: .text, issues: &issues)
        body = try Input.readBody(raw, &issues)
        if !issues.all.isEmpty {
            var problem = Problem(.validationFailed)
            problem.issues = issues.all
            throw problem
        }
    }

    private static func readBody(_ raw: RawInput, _ issues: inout FieldIssues) throws(Problem) -> Body {
        guard let format = raw.format else { return Body.empty }
        switch format {
        case .form: return Body.read(try Form.parse(raw.body), encoding: .text, issues: &issues)
        case .json:
            do {
                guard case .object(let members) = try JSONValue.parse(raw.body) else {
                    issues.add(.wrongType, at: "")
                    return Body.empty
                }
                return Body.read(members, encoding: .json, issues: &issues)
            } catch {
                let mistake = error.description
                throw Problem(.malformedBody).detailed(en: mistake, es: mistake, ar: mistake)
            }
        }
    }
}

extension FieldStructure {
    /// The value that is read from nothing.
    fileprivate static var empty: Self {
        if let nothing = Nothing() as? Self { return nothing }
        var reader = FieldReader([], encoding: .text)
        return Self(fields: &reader)
    }
}
