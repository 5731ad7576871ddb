// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

@testable import LMSHost

/// A request that a route's description gives: every required field with an example, every identifier as the suite chooses.
struct IsolationRequest: Sendable {
    let method: String
    var target: String
    /// `nil` where the route takes none.
    let body: String?
    let isUpload: Bool
    /// Fields that it needs, such as the cookies of a browser.
    let fields: [String]

    /// Makes the request.
    ///
    /// - Parameters:
    ///   - route: The route.
    ///   - tried: The place of the identifier that is tried; optional fields are left out unless they hold it.
    ///   - examples: Values of fields that the description alone does not give, by the name of the structure.
    ///   - id: Chooses an identifier for a place.
    /// - Throws: `IsolationGap` if the route names something that the suite has nothing of.
    init(
        _ route: Route,
        tried: Int? = nil,
        examples: IsolationExamples,
        id: (Int, IsolationKind) -> String
    ) throws(IsolationGap) {
        var filler = Filler(tried: tried, examples: examples)
        var target = ""
        for segment in route.path.segments {
            switch segment {
            case .literal(let bytes): target += "/" + String(decoding: bytes, as: UTF8.self)
            case .parameter(let name): target += "/" + (try filler.pathParameter(name, of: route, id))
            }
        }
        let query = try filler.fill(route.shape.query, of: "query", id)
        if !query.isEmpty {
            target += "?" + query.map { "\($0.name)=\($0.value.text ?? "1")" }.joined(separator: "&")
        }
        method = route.method.description
        self.target = target
        let isForm = route.shape.bodyFormats.contains("multipart/form-data")
        let isAppended = route.shape.bodyFormats.contains(UploadRoutes.mediaType)
        isUpload = isForm || isAppended
        if isUpload {
            fields =
                isForm
                ? ["Content-Type: multipart/form-data; boundary=x"]
                : ["Content-Type: \(UploadRoutes.mediaType)", "Upload-Offset: 0"]
        } else {
            fields = route.isForBrowsers ? examples.browser : route.isSocket ? TestSocket.handshake : []
        }
        if isUpload {
            body = isForm ? examples.upload : "appended"
        } else if route.shape.bodyFormats.isEmpty {
            body = nil
        } else {
            body = JSONValue.object(try filler.fill(route.shape.body, of: route.shape.bodyName, id)).written
        }
    }

    /// The identifiers that a route takes, in the order in which a request is made.
    static func places(of route: Route) throws(IsolationGap) -> [IsolationKind] {
        var kinds: [IsolationKind] = []
        _ = try IsolationRequest(route, examples: IsolationExamples()) { _, kind in
            kinds.append(kind)
            return kind.neverIssued
        }
        return kinds
    }
}

/// What a new route names and the suite does not know.
struct IsolationGap: Error, CustomStringConvertible {
    let description: String
}

/// Values that a route's description alone does not give.
struct IsolationExamples: Sendable {
    /// By the name of the structure; by `Structure.field` where the tried identifier is in that optional field.
    var members: [String: [JSONMember]] = [:]
    var upload = ""
    /// What a browser sends with what gives or takes the cookies of a session.
    var browser = TestBrowser.ownPage
}

extension Route {
    /// Whether it is answered by a WebSocket.
    var isSocket: Bool { successStatus.rawValue == 101 }

    /// Whether it gives or takes the cookies of a session.
    fileprivate var isForBrowsers: Bool {
        let path = path.description
        return path.hasSuffix("-cookie") || path.hasSuffix("/csrf")
    }
}

private struct Filler {
    let tried: Int?
    let examples: IsolationExamples
    var count = 0

    mutating func pathParameter(
        _ name: String,
        of route: Route,
        _ id: (Int, IsolationKind) -> String
    ) throws(IsolationGap) -> String {
        let field = route.shape.path.first { $0.name == name }
        switch field?.schema {
        case .identifier(let entity): return try identifier(entity, id)
        case .text: return try identifier(name, id)
        case .choice(let choices): return choices.first ?? ""
        case .integer(let range): return String(range.lowerBound)
        default: throw IsolationGap(description: "\(route.name): {\(name)} is of no kind that the suite has")
        }
    }

    mutating func fill(
        _ fields: [FieldDescription],
        of structure: String,
        _ id: (Int, IsolationKind) -> String
    ) throws(IsolationGap) -> [JSONMember] {
        var members: [JSONMember] = []
        var given = examples.members[structure] ?? []
        for field in fields where field.presence != .ignored {
            let first = count
            let value = try fill(field.schema, id)
            let holdsTried = tried.map { (first..<count).contains($0) } ?? false
            if field.presence == .required || holdsTried {
                members.append(JSONMember(name: field.name, value: value))
            }
            if holdsTried, let others = examples.members["\(structure).\(field.name)"] { given = others }
        }
        for example in given {
            if let index = members.firstIndex(where: { $0.name == example.name }) {
                members[index] = example
            } else {
                members.append(example)
            }
        }
        return members
    }

    private mutating func fill(
        _ schema: Schema,
        _ id: (Int, IsolationKind) -> String
    ) throws(IsolationGap) -> JSONValue {
        switch schema {
        case .identifier(let entity): return .string(try identifier(entity, id))
        case .list(let element, _): return .array([try fill(element, id)])
        case .object(let name, let fields): return .object(try fill(fields, of: name, id))
        default: return schema.example
        }
    }

    private mutating func identifier(
        _ name: String,
        _ id: (Int, IsolationKind) -> String
    ) throws(IsolationGap) -> String {
        guard let kind = IsolationKind(rawValue: name) else {
            throw IsolationGap(description: "the suite has no \(name): add one to IsolationKind and IsolationSettler")
        }
        defer { count += 1 }
        return id(count, kind)
    }
}

extension JSONValue {
    /// The value as JSON.
    var written: String {
        var json = JSONWriter()
        json.value(self)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
