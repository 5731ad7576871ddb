// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Compression
    internal import LMSEventLoop
    internal import LMSHTTP
    internal import LMSZlibDriver
    internal import Synchronization

    /// Compresses replies with a few zlib states that are made when they are first needed, about one for each loop.
    final class ReplyCompressor: Sendable {
        private let lanes: [Lane]

        private final class Lane: Sendable {
            let compressor = Mutex<GzipCompressor?>(nil)
        }

        init() {
            lanes = (0..<8).map { _ in Lane() }
        }

        /// Begins to compress a streamed reply, with a zlib state of its own.
        ///
        /// - Returns: Compresses it; `nil` if zlib has no memory.
        @Sendable func coder() -> (any HTTPContentCoder)? { try? StreamedGzip() }

        /// Compresses bytes.
        ///
        /// - Parameter bytes: A reply's content.
        /// - Returns: One gzip member; `nil` if zlib has no memory, and the reply then goes out as it is.
        @Sendable func compress(_ bytes: [UInt8]) -> [UInt8]? {
            let number = EventLoop.current.map { ObjectIdentifier($0).hashValue >> 4 } ?? 0
            return lanes[number & 7].compressor.withLock { compressor in
                do {
                    // Level 1 keeps the loop free: level 6 takes three times as long for a tenth less.
                    if compressor == nil { compressor = try GzipCompressor(level: 1) }
                    return try compressor?.compress(bytes)
                } catch {
                    return nil
                }
            }
        }
    }

    /// One gzip member, piece by piece.
    private final class StreamedGzip: HTTPContentCoder {
        private let compressor: Mutex<GzipCompressor>

        init() throws(ZlibError) {
            var compressor = try GzipCompressor(level: 1)
            compressor.begin()
            self.compressor = Mutex(compressor)
        }

        func add(_ piece: [UInt8]) -> [UInt8] { compressor.withLock { $0.add(piece) } }

        func finish() -> [UInt8] { compressor.withLock { $0.finish() } }
    }
#else
    internal import LMSHTTP

    /// Stands in for the compressor in a build without zlib: every reply goes out as it is.
    struct ReplyCompressor: Sendable {
        /// Compresses nothing.
        @Sendable func compress(_ bytes: [UInt8]) -> [UInt8]? { nil }

        /// Compresses nothing.
        @Sendable func coder() -> (any HTTPContentCoder)? { nil }
    }
#endif
