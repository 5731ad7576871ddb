// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Compression
    internal import CLMSZlib

    /// Compresses one byte array after another into gzip members (RFC 1952), reusing its 260 KB of working memory.
    ///
    /// Keep one per event loop: setting zlib up costs more than compressing a reply of a few kilobytes.
    @safe public struct GzipCompressor: ~Copyable {
        private let stream: UnsafeMutablePointer<z_stream>

        /// Sets zlib up.
        ///
        /// - Parameter level: 1 (fastest) through 9 (smallest); others are brought into that range.
        /// - Throws: `ZlibError.outOfMemory` if there is no memory for it.
        public init(level: Int = 6) throws(ZlibError) {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            unsafe stream.initialize(to: z_stream())
            let status = unsafe deflateInit2_(
                stream,
                Int32(min(max(level, 1), 9)),
                Z_DEFLATED,
                Int32(15 + 16),  // the largest window, with a gzip header and trailer
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            )
            guard status == Z_OK else {
                unsafe stream.deallocate()
                throw .outOfMemory
            }
            unsafe self.stream = unsafe stream
        }

        deinit {
            unsafe deflateEnd(stream)
            unsafe stream.deallocate()
        }

        /// Compresses bytes into one gzip member.
        ///
        /// - Parameter bytes: What to compress.
        /// - Returns: The member.
        /// - Throws: `ZlibError.tooLarge` from 4 GiB on.
        public mutating func compress(_ bytes: [UInt8]) throws(ZlibError) -> [UInt8] {
            guard unsafe deflateReset(stream) == Z_OK, let length = UInt32(exactly: bytes.count),
                let room = unsafe UInt32(exactly: deflateBound(stream, UInt(bytes.count)))
            else { throw .tooLarge }
            var member = bytes
            var isFinished = false
            member = unsafe [UInt8](unsafeUninitializedCapacity: Int(room)) { target, written in
                unsafe bytes.withUnsafeBufferPointer { source in
                    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
                    unsafe stream.pointee.avail_in = length
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = room
                    isFinished = unsafe deflate(stream, Z_FINISH) == Z_STREAM_END
                    written = unsafe Int(room - stream.pointee.avail_out)
                }
            }
            guard isFinished else { throw .tooLarge }
            return member
        }

        /// Begins a member that is compressed piece by piece.
        public mutating func begin() {
            // Fails only without a state, which `init` has made.
            _ = unsafe deflateReset(stream)
        }

        /// Compresses the next piece of a member that was begun.
        ///
        /// - Parameter piece: The piece, below 4 GiB.
        /// - Returns: What of the member is ready; perhaps nothing.
        public mutating func add(_ piece: [UInt8]) -> [UInt8] { deflated(piece, Z_NO_FLUSH) }

        /// Ends a member that was begun.
        ///
        /// - Returns: The rest of it.
        public mutating func finish() -> [UInt8] { deflated([], Z_FINISH) }

        private mutating func deflated(_ piece: [UInt8], _ flush: Int32) -> [UInt8] {
            var output: [UInt8] = []
            unsafe piece.withUnsafeBufferPointer { source in
                unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(source.count)
                var isFull = true
                while isFull {
                    let block = unsafe [UInt8](unsafeUninitializedCapacity: GzipCompressor.block) { target, written in
                        unsafe stream.pointee.next_out = target.baseAddress
                        unsafe stream.pointee.avail_out = UInt32(target.count)
                        _ = unsafe deflate(stream, flush)
                        written = unsafe target.count - Int(stream.pointee.avail_out)
                    }
                    isFull = block.count == GzipCompressor.block
                    output += block
                }
            }
            return output
        }

        private static let block = 32_768
    }

    /// Compresses single byte arrays.
    public enum Gzip {
        /// Compresses bytes into one gzip member; on a hot path keep a `GzipCompressor` instead.
        ///
        /// - Parameters:
        ///   - bytes: What to compress.
        ///   - level: 1 (fastest) through 9 (smallest).
        /// - Returns: The member.
        /// - Throws: `ZlibError.outOfMemory` or `.tooLarge`.
        public static func compress(_ bytes: [UInt8], level: Int = 6) throws(ZlibError) -> [UInt8] {
            var compressor = try GzipCompressor(level: level)
            return try compressor.compress(bytes)
        }

        /// Expands one gzip member.
        ///
        /// - Parameters:
        ///   - member: The member.
        ///   - limit: The most bytes it may expand to.
        /// - Returns: The bytes.
        /// - Throws: `ZlibError.malformed` if it is not one whole gzip member; `.tooLarge` if it expands beyond the limit.
        public static func decompress(_ member: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
            var expander = try GzipExpander()
            return try expander.expand(member, limit: limit)
        }
    }

    /// Why zlib refused.
    @nonexhaustive
    public enum ZlibError: Error, Sendable, Equatable {
        /// There is no memory for its window.
        case outOfMemory
        /// The input or the output is beyond the limit.
        case tooLarge
        /// The input is no gzip member.
        case malformed
    }
#endif
