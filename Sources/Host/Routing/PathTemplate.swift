// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The address of a route: `/api/v1/courses/{courseId}/modules`.
struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    let description: String
    let segments: [Segment]
    /// The names of the parameters, from left to right.
    let parameters: [String]

    enum Segment: Sendable, Hashable {
        case literal([UInt8])
        case parameter(String)
    }

    init(_ text: StaticString) {
        description = text.description
        segments = description.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(Array(part.utf8))
        }
        parameters = segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }
}
