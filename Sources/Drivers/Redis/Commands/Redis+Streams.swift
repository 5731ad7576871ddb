// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One entry of a stream.
public struct RedisStreamEntry: Sendable, Hashable {
    /// Where it stands.
    public let id: String
    /// The fields and their values, in order.
    public let fields: [Field]

    /// A field and its value.
    public struct Field: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: [UInt8]

        /// Makes one.
        ///
        /// - Parameters:
        ///   - name: The name.
        ///   - value: The value.
        public init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a field.
    public subscript(name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }
}

extension Redis {
    /// Appends an entry to a stream and drops the oldest beyond a length (`XADD … MAXLEN ~`).
    ///
    /// - Parameters:
    ///   - fields: The fields, at least one.
    ///   - key: The stream; made if there is none.
    ///   - length: How many entries are kept at least; there may be some more.
    /// - Returns: Where the entry stands.
    /// - Throws: `RedisError`.
    public func append(
        _ fields: [RedisStreamEntry.Field],
        to key: RedisKey,
        keeping length: Int
    ) async throws(RedisError) -> String {
        var arguments: [RedisCommand.Argument] = [.key(key), "MAXLEN", "~", .integer(max(1, length)), "*"]
        for field in fields { arguments += [.text(field.name), .bytes(field.value)] }
        guard let id = try await send(RedisCommand("XADD", arguments)).text else { throw .malformed }
        return id
    }

    /// Reads entries behind a place, without a group (`XRANGE`).
    ///
    /// - Parameters:
    ///   - key: The stream.
    ///   - id: The place after which to begin; `nil` for the first.
    ///   - limit: How many at most.
    /// - Returns: The entries.
    /// - Throws: `RedisError`.
    public func entries(
        of key: RedisKey,
        after id: String?,
        limit: Int
    ) async throws(RedisError) -> [RedisStreamEntry] {
        let start = id.map { "(\($0)" } ?? "-"
        let command = RedisCommand("XRANGE", [.key(key), .text(start), "+", "COUNT", .integer(limit)])
        return try RedisStreamEntry.list(try await send(command))
    }

    /// Makes a group of readers that begins with what is appended from now on (`XGROUP CREATE … MKSTREAM`); one that is there stays.
    ///
    /// - Parameters:
    ///   - group: The group's name.
    ///   - key: The stream; made if there is none.
    /// - Throws: `RedisError`.
    public func createGroup(_ group: String, of key: RedisKey) async throws(RedisError) {
        do {
            _ = try await send(RedisCommand("XGROUP", ["CREATE", .key(key), .text(group), "$", "MKSTREAM"]))
        } catch RedisError.refused(code: "BUSYGROUP") {
            return
        }
    }

    /// Gives entries that no reader of the group had to one of them (`XREADGROUP … >`); it does not wait for new ones.
    ///
    /// - Parameters:
    ///   - key: The stream.
    ///   - reader: Who reads.
    ///   - group: The group.
    ///   - limit: How many at most.
    /// - Returns: The entries, which are the reader's until it acknowledges them or another one claims them.
    /// - Throws: `RedisError`; `.refused` with `NOGROUP` if there is no such group.
    public func read(
        _ key: RedisKey,
        as reader: String,
        of group: String,
        limit: Int
    ) async throws(RedisError) -> [RedisStreamEntry] {
        let command = RedisCommand(
            "XREADGROUP",
            ["GROUP", .text(group), .text(reader), "COUNT", .integer(limit), "STREAMS", .key(key), ">"]
        )
        let answer = try await send(command)
        if answer == .null { return [] }
        guard let streams = answer.array, streams.count == 1, let stream = streams[0].array, stream.count == 2 else {
            throw .malformed
        }
        return try RedisStreamEntry.list(stream[1])
    }

    /// Says that entries are done with (`XACK`).
    ///
    /// - Parameters:
    ///   - ids: The entries.
    ///   - key: The stream.
    ///   - group: The group.
    /// - Returns: How many were waiting for it.
    /// - Throws: `RedisError`.
    @discardableResult
    public func acknowledge(_ ids: [String], of key: RedisKey, in group: String) async throws(RedisError) -> Int {
        guard !ids.isEmpty else { return 0 }
        let command = RedisCommand("XACK", [.key(key), .text(group)] + ids.map { .text($0) })
        guard let count = try await send(command).integer else { throw .malformed }
        return count
    }

    /// Takes over entries that another reader has had for too long (`XAUTOCLAIM`).
    ///
    /// - Parameters:
    ///   - key: The stream.
    ///   - reader: Who takes them.
    ///   - group: The group.
    ///   - idle: How long they must have been with the other one.
    ///   - cursor: Where to begin; `nil` for the beginning.
    ///   - limit: How many at most.
    /// - Returns: The entries, and where to go on; `nil` at the end.
    /// - Throws: `RedisError`.
    public func claim(
        _ key: RedisKey,
        as reader: String,
        of group: String,
        idle: Duration,
        from cursor: String? = nil,
        limit: Int
    ) async throws(RedisError) -> RedisClaim {
        let milliseconds = Int(clamping: idle.inNanoseconds / 1_000_000)
        let command = RedisCommand(
            "XAUTOCLAIM",
            [
                .key(key), .text(group), .text(reader), .integer(milliseconds), .text(cursor ?? "0-0"), "COUNT",
                .integer(limit),
            ]
        )
        guard let parts = try await send(command).array, parts.count >= 2, let next = parts[0].text else {
            throw .malformed
        }
        return RedisClaim(entries: try RedisStreamEntry.list(parts[1]), next: next == "0-0" ? nil : next)
    }
}

/// Entries that were taken over.
public struct RedisClaim: Sendable, Hashable {
    /// The entries.
    public let entries: [RedisStreamEntry]
    /// Where to go on; `nil` at the end.
    public let next: String?
}

extension RedisStreamEntry {
    /// Reads `[[id, [name, value, …]], …]`; entries that were deleted meanwhile are left out.
    fileprivate static func list(_ value: RedisValue) throws(RedisError) -> [RedisStreamEntry] {
        guard let list = value.array else { throw .malformed }
        var entries: [RedisStreamEntry] = []
        for item in list where item != .null {
            guard let parts = item.array, parts.count == 2, let id = parts[0].text else { throw .malformed }
            guard let texts = parts[1].array else { continue }
            var fields: [Field] = []
            for index in stride(from: 0, to: texts.count - 1, by: 2) {
                guard let name = texts[index].text, let value = texts[index + 1].bytes else { throw .malformed }
                fields.append(Field(name: name, value: value))
            }
            entries.append(RedisStreamEntry(id: id, fields: fields))
        }
        return entries
    }
}
