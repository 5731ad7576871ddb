// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// One route as OpenAPI describes it.
struct Operation {
    let route: Route
    let dialect: JSONSchema.Dialect

    var json: JSONValue {
        var members: [JSONMember] = [
            .init("tags", .array([.string(route.tag)])), .init("summary", .string(route.summary)),
            .init("operationId", .string(identifier)),
        ]
        if let note = accessNote { members.append(.init("description", .string(note))) }
        let parameters = self.parameters
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let requestBody { members.append(.init("requestBody", requestBody)) }
        members.append(.init("responses", .object([success] + refusals)))
        members.append(.init("security", security))
        return .object(members)
    }

    /// `getCoursesByCourseId`; `getCoursesV2` in a later version of the interface.
    private var identifier: String {
        let segments = route.path.description.split(separator: "/")
        let version = segments.dropFirst().first.flatMap { $0.hasPrefix("v") && $0 != "v1" ? $0 : nil }
        let words = segments.dropFirst(segments.first == "api" ? 2 : 0).map { segment in
            segment.hasPrefix("{") ? "By" + segment.dropFirst().dropLast().capitalizedFirst : segment.capitalizedFirst
        }
        return route.method.description.lowercased()
            + words.joined().split { $0 == "-" || $0 == "." || $0 == "_" }.map(\.capitalizedFirst).joined()
            + (version?.capitalizedFirst ?? "")
    }

    private var accessNote: String? {
        let access: String? =
            switch route.access {
            case .permission(let permission): "Needs the permission `\(permission)`."
            case .signedIn: "Needs a signed-in user."
            case .operator(let permission): "Needs an operator of the platform with `\(permission.rawValue)`."
            case .publicRead, .anonymous, .host, .platformPublic, .operatorSignIn: nil
            }
        guard route.assurance == .recent, let access else { return access }
        return access + " Its user must have shown who they are within \(Int(Assurance.recentSeconds) / 60) minutes."
    }

    private var security: JSONValue {
        let bearer: JSONValue = .object([.init("bearer", .array([]))])
        let ways = route.keys == .refused ? [bearer] : [bearer, .object([.init("apiKey", .array([]))])]
        return switch route.access {
        case .host, .anonymous, .platformPublic, .operatorSignIn: .array([])
        case .operator: .array([.object([.init("operator", .array([]))])])
        case .publicRead: .array([.object([])] + ways)
        case .signedIn, .permission: .array(ways)
        }
    }

    private var parameters: [JSONValue] {
        var parameters = route.path.parameters.compactMap { name in
            route.shape.path.first { $0.name == name }.map { parameter($0, in: "path") }
        }
        parameters += route.shape.query.map { parameter($0, in: "query") }
        if route.idempotency == .accepted {
            parameters.append(
                .object([
                    .init("name", "Idempotency-Key"), .init("in", "header"), .init("required", .bool(false)),
                    .init("description", "A repetition with the same key gets the first reply."),
                    .init("schema", .object([.init("type", "string"), .init("maxLength", 255)])),
                ])
            )
        }
        return parameters
    }

    private func parameter(_ field: FieldDescription, in place: String) -> JSONValue {
        .object([
            .init("name", .string(field.name)), .init("in", .string(place)),
            .init("required", .bool(place == "path" || field.presence == .required)),
            .init("schema", JSONSchema.property(field, dialect)),
        ])
    }

    private var requestBody: JSONValue? {
        let shape = route.shape
        guard !shape.bodyFormats.isEmpty else { return nil }
        let schema: JSONValue =
            shape.body.isEmpty
            ? .object([.init("type", "string"), .init("format", "binary")])
            : .object([.init("$ref", .string("#/components/schemas/\(shape.bodyName)"))])
        let content = shape.bodyFormats.map { JSONMember($0, .object([.init("schema", schema)])) }
        let isRequired = shape.body.isEmpty || shape.body.contains { $0.presence == .required }
        return .object([.init("required", .bool(isRequired)), .init("content", .object(content))])
    }

    private var success: JSONMember {
        let status = route.successStatus
        var members: [JSONMember] = [.init("description", .string(status.reason))]
        let shape = route.shape
        if let example = shape.responseExamples.first {
            let content: JSONValue = .object([
                .init("schema", .object([.init("$ref", .string("#/components/schemas/\(shape.responseSchemaName)"))])),
                .init("example", example),
            ])
            members.append(.init("content", .object([.init(shape.responseMediaType, content)])))
        } else if !shape.responseMediaType.isEmpty {
            let schema: JSONValue = .object([.init("type", "string"), .init("format", "binary")])
            members.append(
                .init("content", .object([.init(shape.responseMediaType, .object([.init("schema", schema)]))]))
            )
        }
        return .init(String(status.rawValue), .object(members))
    }

    /// One entry for each status, with the codes that it may have.
    private var refusals: [JSONMember] {
        var byStatus: [UInt16: [String]] = [:]
        for code in route.allProblems where code.status != route.successStatus {
            byStatus[code.status.rawValue, default: []].append(code.name)
        }
        return byStatus.sorted { $0.key < $1.key }.map { status, names in
            let media = route.problemFormat == .oauth ? "application/json" : "application/problem+json"
            let schema: JSONValue =
                route.problemFormat == .oauth
                ? .object([.init("type", "object")]) : .object([.init("$ref", "#/components/schemas/Problem")])
            return JSONMember(
                String(status),
                .object([
                    .init("description", .string(names.joined(separator: ", "))),
                    .init("content", .object([.init(media, .object([.init("schema", schema)]))])),
                ])
            )
        }
    }
}

extension Route {
    /// Every problem that the route may answer: its own and those of its kind.
    var allProblems: [ProblemCode] {
        var codes: [ProblemCode] = []
        if !shape.path.isEmpty || !shape.query.isEmpty || !shape.body.isEmpty { codes.append(.validationFailed) }
        if shape.query.contains(where: { $0.name == "cursor" }) { codes.append(.invalidCursor) }
        if !shape.bodyFormats.isEmpty { codes += [.malformedBody, .unsupportedMediaType, .contentTooLarge] }
        if access.isPlatform { codes += [.notFound, .databaseUnavailable] }
        if access != .host, !access.isPlatform {
            codes += [.tenantUnnamed, .tenantMismatch, .tenantUnknown, .tenantSuspended, .tenantDeleted]
            codes += [.databaseUnavailable]
        }
        switch access {
        case .host, .anonymous, .platformPublic, .operatorSignIn: break
        case .operator: codes += [.unauthenticated, .invalidToken, .forbidden]
        case .publicRead: codes += [.invalidToken, .tokenExpired]
        case .signedIn: codes += [.unauthenticated, .invalidToken, .tokenExpired]
        case .permission: codes += [.unauthenticated, .invalidToken, .tokenExpired, .forbidden]
        }
        if !access.isOpen, !access.isPlatform, assurance != .limited { codes.append(.secondFactorRequired) }
        if !access.isPlatform, access != .host, access != .anonymous { codes += SessionRefusal.problems }
        if assurance == .recent { codes.append(.reauthenticationRequired) }
        if keys == .refused, !access.isPlatform { codes.append(.personRequired) }
        if case .holding = keys { codes.append(.forbidden) }
        if idempotency == .accepted { codes += [.malformedIdempotencyKey, .idempotencyKeyReused] }
        if rateClass != .unlimited { codes.append(.rateLimited) }
        return codes + problems.filter { !codes.contains($0) }
    }
}

extension StringProtocol {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
