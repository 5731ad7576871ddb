// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

extension Route {
    /// A route at a tenant's address.
    ///
    /// - Parameters:
    ///   - method: The method; GET answers HEAD too.
    ///   - path: The address, with the parameters that `Path` reads.
    ///   - summary: What it does, in a few words.
    ///   - access: Who may call it.
    ///   - status: The status of success.
    ///   - problems: What it may answer besides the problems that every route of its kind has.
    ///   - rate: What a call costs; by the method unless said.
    ///   - caching: What may keep a reply.
    ///   - idempotency: What an `Idempotency-Key` does.
    ///   - bodyLimit: How long its body may be, in bytes.
    ///   - problemFormat: How its refusals are written.
    ///   - assurance: How sure it must be of whoever signed in.
    ///   - keys: What a program that shows an API key may do; by the access unless said.
    ///   - auditedAs: What the audit log calls a read by this route; `nil` if it is not recorded.
    ///   - handler: Answers a call.
    init<Path, Query, Body, Response>(
        _ method: HTTPMethod,
        _ path: StaticString,
        _ summary: String,
        access: Access,
        status: HTTPStatus = .ok,
        problems: [ProblemCode] = [],
        rate: RateClass? = nil,
        caching: CachePolicy = .never,
        idempotency: Idempotency = .none,
        bodyLimit: Int = 256 * 1024,
        problemFormat: ProblemFormat = .problemJSON,
        assurance: Assurance = .whole,
        keys: KeyUse? = nil,
        auditedAs: StaticString? = nil,
        handler: @escaping @Sendable (Input<Path, Query, Body>, RequestContext) async throws -> Reply<Response>
    ) {
        self.init(
            method,
            path,
            summary,
            access,
            status,
            problems,
            rate,
            caching,
            idempotency,
            bodyLimit,
            problemFormat,
            assurance,
            keys,
            auditedAs,
            Shape(Path.self, Query.self, Body.self, Response.self),
            .tenant { raw, context in WrittenReply(try await handler(try Input(raw), context)) }
        )
    }

    /// A route on any host, without a tenant.
    ///
    /// - Parameters:
    ///   - path: The address.
    ///   - summary: What it does, in a few words.
    ///   - problems: What it may answer besides the problems that every route of its kind has.
    ///   - caching: What may keep a reply.
    ///   - handler: Answers a call.
    /// - Returns: The route.
    static func host<Path, Query, Response>(
        _ path: StaticString,
        _ summary: String,
        problems: [ProblemCode] = [],
        caching: CachePolicy = .never,
        handler: @escaping @Sendable (Input<Path, Query, Nothing>, HostContext) async throws -> Reply<Response>
    ) -> Route {
        Route(
            .get,
            path,
            summary,
            .host,
            .ok,
            problems,
            .unlimited,
            caching,
            .none,
            0,
            .problemJSON,
            .whole,
            nil,
            nil,
            Shape(Path.self, Query.self, Nothing.self, Response.self),
            .host { raw, context in WrittenReply(try await handler(try Input(raw), context)) }
        )
    }

    /// A route of the platform's own, on the base domain.
    ///
    /// - Parameters:
    ///   - method: The method; GET answers HEAD too.
    ///   - path: The address.
    ///   - summary: What it does, in a few words.
    ///   - access: Which operators may call it.
    ///   - status: The status of success.
    ///   - problems: What it may answer besides the problems that every route of its kind has.
    ///   - rate: What a call costs; by the method unless said.
    ///   - handler: Answers a call.
    /// - Returns: The route.
    static func platform<Path, Query, Body, Response>(
        _ method: HTTPMethod,
        _ path: StaticString,
        _ summary: String,
        access: Access,
        status: HTTPStatus = .ok,
        problems: [ProblemCode] = [],
        rate: RateClass? = nil,
        handler: @escaping @Sendable (Input<Path, Query, Body>, PlatformContext) async throws -> Reply<Response>
    ) -> Route {
        Route(
            method,
            path,
            summary,
            access,
            status,
            problems,
            rate,
            .never,
            .none,
            64 * 1024,
            .problemJSON,
            .whole,
            nil,
            nil,
            Shape(Path.self, Query.self, Body.self, Response.self),
            .platform { raw, context in WrittenReply(try await handler(try Input(raw), context)) }
        )
    }

    /// A route at a tenant's address that reads its body piece by piece.
    ///
    /// - Parameters:
    ///   - path: The address, with the parameters that `Path` reads.
    ///   - summary: What it does, in a few words.
    ///   - access: Who may call it.
    ///   - mediaTypes: The types that the body may have.
    ///   - method: The method.
    ///   - status: The status of success.
    ///   - problems: What it may answer besides the problems that every route of its kind has.
    ///   - rate: What a call costs.
    ///   - bodyLimit: How long its body may be, in bytes.
    ///   - handler: Answers a call. The request gives its body.
    /// - Returns: The route.
    static func upload<Path, Query, Response>(
        _ path: StaticString,
        _ summary: String,
        access: Access,
        mediaTypes: [String],
        method: HTTPMethod = .post,
        status: HTTPStatus = .created,
        problems: [ProblemCode] = [],
        rate: RateClass = .expensive,
        bodyLimit: Int,
        handler:
            @escaping @Sendable (Input<Path, Query, Nothing>, HTTPRequest, RequestContext) async throws
            -> Reply<Response>
    ) -> Route {
        Route(
            method,
            path,
            summary,
            access,
            status,
            problems,
            rate,
            .never,
            .none,
            bodyLimit,
            .problemJSON,
            .whole,
            nil,
            nil,
            Shape(Path.self, Query.self, Nothing.self, Response.self, uploads: mediaTypes),
            .upload { raw, request, context in WrittenReply(try await handler(try Input(raw), request, context)) }
        )
    }

    private init(
        _ method: HTTPMethod,
        _ path: StaticString,
        _ summary: String,
        _ access: Access,
        _ status: HTTPStatus,
        _ problems: [ProblemCode],
        _ rate: RateClass?,
        _ caching: CachePolicy,
        _ idempotency: Idempotency,
        _ bodyLimit: Int,
        _ problemFormat: ProblemFormat,
        _ assurance: Assurance,
        _ keys: KeyUse?,
        _ auditedAs: StaticString?,
        _ shape: Shape,
        _ handler: Handler
    ) {
        self.method = method
        self.path = PathTemplate(path)
        self.summary = summary
        self.access = access
        self.assurance = assurance
        self.keys = keys ?? KeyUse(of: access)
        successStatus = status
        self.problems = problems
        rateClass = rate ?? (method == .get ? .read : .write)
        self.caching = caching
        self.idempotency = idempotency
        self.bodyLimit = bodyLimit
        self.problemFormat = problemFormat
        self.auditedAs = auditedAs
        self.shape = shape
        self.handler = handler
    }
}

extension Route.Shape {
    init<Path: PathParameters, Query: QueryParameters, Body: RequestBody, Response: ResponseBody>(
        _ path: Path.Type,
        _ query: Query.Type,
        _ body: Body.Type,
        _ response: Response.Type,
        uploads: [String] = []
    ) {
        self.path = FieldReader.describe(path)
        self.query = FieldReader.describe(query)
        self.body = FieldReader.describe(body)
        bodyName = String(describing: body)
        bodyFormats = uploads + BodyFormat.allCases.filter(Body.formats.contains).map(\.rawValue)
        responseName = String(describing: response)
        if response == Nothing.self || response == SocketBody.self {
            responseExamples = []
            responseMediaType = ""
        } else if response == Content.self || response == FileContent.self {
            responseExamples = []
            responseMediaType = "application/octet-stream"
        } else if response == EventStreamBody.self {
            responseExamples = []
            responseMediaType = EventStreamBody.mediaType
        } else {
            responseExamples = ([Response.example] + Response.variations).compactMap(\.parsed)
            responseMediaType = "application/json"
        }
    }
}

extension ResponseBody {
    /// What the body writes; `nil` if that is no JSON, which a test refuses for every route.
    fileprivate var parsed: JSONValue? {
        var json = JSONWriter()
        write(to: &json)
        do {
            return try JSONValue.parse(json.bytes)
        } catch {
            return nil
        }
    }
}
