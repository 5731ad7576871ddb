// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// Finds a route by method and path: a tree of segments, literals before parameters.
struct Router: Sendable {
    /// Every route, in the order of the table.
    let routes: [Route]
    private var nodes: [Node] = [Node()]
    /// The paths without parameters, found by their bytes: most calls are for one of few.
    private var exact: [ExactPath?] = []

    private struct ExactPath: Sendable {
        let path: [UInt8]
        let routes: [(method: HTTPMethod, index: Int)]
    }

    private struct Node: Sendable {
        var literals: [(text: [UInt8], node: Int)] = []
        var parameter: Int?
        var routes: [(method: HTTPMethod, index: Int)] = []
    }

    /// What was found.
    enum Match: Sendable {
        /// A route by its position in `routes`, and where in the path its parameters are.
        case route(Int, parameters: [Range<Int>])
        /// The path exists and takes only these methods.
        case otherMethods([HTTPMethod])
        case none
    }

    /// Builds the tree.
    ///
    /// - Parameter routes: The table.
    /// - Throws: `RouteTableError` if two routes are the same or a path and its type disagree.
    init(_ routes: [Route]) throws(RouteTableError) {
        self.routes = routes
        for (index, route) in routes.enumerated() {
            guard Set(route.shape.path.map(\.name)) == Set(route.path.parameters) else {
                throw .parametersDiffer(route.name)
            }
            let node = insert(route.path.segments)
            guard !nodes[node].routes.contains(where: { $0.method == route.method }) else {
                throw .repeated(route.name)
            }
            nodes[node].routes.append((route.method, index))
        }
        fillExactPaths()
    }

    /// One place for each hash; who finds it taken is found by descent.
    private mutating func fillExactPaths() {
        var size = 64
        while size < 4 * routes.count { size *= 2 }
        exact = Array(repeating: nil, count: size)
        for route in routes where route.path.parameters.isEmpty {
            let path = Array(route.path.description.utf8)
            let place = Router.hash(path.span) & (size - 1)
            var parameters: [Range<Int>] = []
            guard exact[place] == nil, let node = descend(from: 0, path.span, 1, &parameters) else { continue }
            exact[place] = ExactPath(path: path, routes: nodes[node].routes)
        }
    }

    private static func hash(_ path: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in path.indices { hash = (hash ^ UInt64(path[index])) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: hash >> 20)
    }

    /// Finds the route of a request.
    ///
    /// - Parameters:
    ///   - method: The method; HEAD finds the route of GET.
    ///   - bytes: What holds the path.
    ///   - path: Where the path is in it, as it was sent, not decoded: an encoded slash never parts segments.
    /// - Returns: What was found.
    func match(_ method: HTTPMethod, _ bytes: [UInt8], _ path: Range<Int>) -> Match {
        let span = bytes.span.extracting(0..<path.upperBound)
        guard !path.isEmpty, span[path.lowerBound] == UInt8(ascii: "/") else { return .none }
        let wanted = method == .head ? .get : method
        let own = span.extracting(path)
        if let known = exact[Router.hash(own) & (exact.count - 1)], known.path.count == own.count,
            Router.areEqual(known.path, own, from: 0)
        {
            for route in known.routes where route.method == wanted { return .route(route.index, parameters: []) }
        }
        var parameters: [Range<Int>] = []
        guard let node = descend(from: 0, span, path.lowerBound + 1, &parameters) else { return .none }
        for route in nodes[node].routes where route.method == wanted {
            return .route(route.index, parameters: parameters)
        }
        return .otherMethods(nodes[node].routes.map(\.method))
    }

    private func descend(
        from node: Int,
        _ path: Span<UInt8>,
        _ start: Int,
        _ parameters: inout [Range<Int>]
    ) -> Int? {
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        guard end > start else { return nil }
        let isLast = end == path.count
        for literal in nodes[node].literals
        where literal.text.count == end - start && Router.areEqual(literal.text, path, from: start) {
            if isLast {
                if !nodes[literal.node].routes.isEmpty { return literal.node }
            } else if let found = descend(from: literal.node, path, end + 1, &parameters) {
                return found
            }
        }
        guard let next = nodes[node].parameter else { return nil }
        parameters.append(start..<end)
        if isLast {
            if !nodes[next].routes.isEmpty { return next }
        } else if let found = descend(from: next, path, end + 1, &parameters) {
            return found
        }
        parameters.removeLast()
        return nil
    }

    private static func areEqual(_ text: [UInt8], _ path: Span<UInt8>, from start: Int) -> Bool {
        for index in text.indices where text[index] != path[start + index] { return false }
        return true
    }

    private mutating func insert(_ segments: [PathTemplate.Segment]) -> Int {
        var node = 0
        for segment in segments {
            switch segment {
            case .parameter:
                if let next = nodes[node].parameter {
                    node = next
                } else {
                    nodes.append(Node())
                    nodes[node].parameter = nodes.count - 1
                    node = nodes.count - 1
                }
            case .literal(let text):
                if let next = nodes[node].literals.first(where: { $0.text == text }) {
                    node = next.node
                } else {
                    nodes.append(Node())
                    nodes[node].literals.append((text, nodes.count - 1))
                    node = nodes.count - 1
                }
            }
        }
        return node
    }
}

/// Why a table of routes cannot be served.
enum RouteTableError: Error, Sendable, Equatable {
    /// Two routes have the same method and path.
    case repeated(String)
    /// The path's parameters are not those that its type reads.
    case parametersDiffer(String)
}
