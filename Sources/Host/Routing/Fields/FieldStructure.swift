// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A type that is read from named fields.
protocol FieldStructure: Sendable {
    init(fields: inout FieldReader)
}

/// The parameters of a path template, such as `courseId`.
protocol PathParameters: FieldStructure {}

/// The parameters of a query.
protocol QueryParameters: FieldStructure {}

/// A body that is read whole and bounded.
protocol RequestBody: FieldStructure {
    /// The forms it is taken in.
    static var formats: Set<BodyFormat> { get }
}

extension RequestBody {
    static var formats: Set<BodyFormat> { [.json] }
}

/// A form that fields are sent in.
enum BodyFormat: String, Sendable, Hashable, CaseIterable {
    case json = "application/json"
    case form = "application/x-www-form-urlencoded"
}

/// No fields: a path without parameters, no query, no body, an empty reply.
struct Nothing: PathParameters, QueryParameters, RequestBody {
    static var formats: Set<BodyFormat> { [] }

    init() {}
    init(fields: inout FieldReader) {}
}

extension FieldStructure {
    /// Reads the type.
    ///
    /// - Parameters:
    ///   - members: The values by name.
    ///   - encoding: Where they come from.
    ///   - issues: Takes what is wrong.
    /// - Returns: The value, with placeholders where something is wrong.
    static func read(_ members: [JSONMember], encoding: FieldIssues.Encoding, issues: inout FieldIssues) -> Self {
        var reader = FieldReader(members, encoding: encoding)
        let value = Self(fields: &reader)
        reader.finish()
        issues.add(contentsOf: reader.issues)
        return value
    }
}
