// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSHiredis

/// Reads answers as they arrive, with hiredis' reader.
///
/// It speaks version 2 of the protocol, the only one that hiredis 0.14 knows; see docs/decisions/0020-hiredis-parser.md.
@safe struct ReplyReader: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let limit: Int
    /// How many bytes came since the last complete answer.
    private var pending = 0

    /// What came is not of the protocol, or longer than allowed.
    struct Malformed: Error {}

    init?(limitInBytes: Int) {
        limit = limitInBytes
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        unsafe functions.initialize(to: ReplyNode.functions)
        guard let reader = unsafe redisReaderCreateWithFunctions(functions) else {
            unsafe functions.deallocate()
            return nil
        }
        unsafe self.reader = unsafe reader
        unsafe self.functions = unsafe functions
    }

    deinit {
        unsafe redisReaderFree(reader)
        unsafe functions.deallocate()
    }

    mutating func feed(_ bytes: borrowing [UInt8], _ count: Int) throws(Malformed) {
        pending += count
        guard pending <= limit else { throw Malformed() }
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
        }
        guard status == REDIS_OK else { throw Malformed() }
    }

    /// The next complete answer, if there is one.
    mutating func next() throws(Malformed) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &reply) == REDIS_OK else { throw Malformed() }
        guard let reply = unsafe reply else { return nil }
        pending = 0
        // SAFETY: the reader gives away the root, which was retained when it was made.
        let node = unsafe Unmanaged<ReplyNode>.fromOpaque(reply).takeRetainedValue()
        return node.value
    }
}

/// An answer that is being put together.
private final class ReplyNode {
    private let scalar: RedisValue?
    private var elements: [ReplyNode] = []

    /// More elements are no answer to a command of ours.
    private static let elementLimit: Int32 = 1_000_000

    private init(_ scalar: RedisValue?) {
        self.scalar = scalar
    }

    var value: RedisValue { scalar ?? .array(elements.map(\.value)) }

    /// Hands the node to the reader: the root retained, the others kept by their parents.
    private func place(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer {
        if let parent = unsafe task?.pointee.parent, let object = unsafe parent.pointee.obj {
            // SAFETY: the object of a task is the node that was made for it, which lives as long as its root.
            unsafe Unmanaged<ReplyNode>.fromOpaque(object).takeUnretainedValue().elements.append(self)
            return unsafe Unmanaged.passUnretained(self).toOpaque()
        }
        return unsafe Unmanaged.passRetained(self).toOpaque()
    }

    private static func text(_ type: Int32, _ bytes: UnsafeRawBufferPointer) -> RedisValue {
        guard type == REDIS_REPLY_ERROR else { return unsafe .string(Array(bytes)) }
        let message = unsafe String(decoding: bytes, as: UTF8.self)
        if let redirect = RedisRedirect(message) { return .redirect(redirect) }
        // The rest of the message may repeat what was sent.
        let code = message.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber) }
        return .error(code: code.isEmpty ? "ERR" : String(code.prefix(32)))
    }

    static var functions: redisReplyObjectFunctions {
        unsafe redisReplyObjectFunctions(
            createString: { task, start, length in
                let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
                let type = unsafe task?.pointee.type ?? REDIS_REPLY_STRING
                return unsafe ReplyNode(ReplyNode.text(type, bytes)).place(task)
            },
            createArray: { task, count in
                guard count <= ReplyNode.elementLimit else { return nil }
                return unsafe ReplyNode(nil).place(task)
            },
            createInteger: { task, value in unsafe ReplyNode(.integer(Int(value))).place(task) },
            createNil: { task in unsafe ReplyNode(.null).place(task) },
            freeObject: { object in
                guard let object = unsafe object else { return }
                // SAFETY: the reader frees the root only, which was retained when it was made.
                unsafe Unmanaged<ReplyNode>.fromOpaque(object).release()
            }
        )
    }
}
