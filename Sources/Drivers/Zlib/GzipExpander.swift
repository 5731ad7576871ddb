// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Compression
    internal import CLMSZlib

    /// The one owner of an inflating zlib stream.
    @safe struct GzipExpander: ~Copyable {
        private let stream: UnsafeMutablePointer<z_stream>

        init() throws(ZlibError) {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            unsafe stream.initialize(to: z_stream())
            let status = unsafe inflateInit2_(stream, Int32(15 + 16), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            guard status == Z_OK else {
                unsafe stream.deallocate()
                throw .outOfMemory
            }
            unsafe self.stream = unsafe stream
        }

        deinit {
            unsafe inflateEnd(stream)
            unsafe stream.deallocate()
        }

        mutating func expand(_ member: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
            guard let length = UInt32(exactly: member.count) else { throw .tooLarge }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            var status = Z_OK
            unsafe member.withUnsafeBufferPointer { source in
                unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.pointee.avail_in = length
                while status == Z_OK, bytes.count <= limit {
                    let written = unsafe chunk.withUnsafeMutableBufferPointer { target in
                        unsafe stream.pointee.next_out = target.baseAddress
                        unsafe stream.pointee.avail_out = UInt32(target.count)
                        status = unsafe inflate(stream, Z_NO_FLUSH)
                        return unsafe target.count - Int(stream.pointee.avail_out)
                    }
                    bytes.append(contentsOf: chunk.prefix(written))
                }
            }
            guard bytes.count <= limit else { throw .tooLarge }
            guard status == Z_STREAM_END, unsafe stream.pointee.avail_in == 0 else { throw .malformed }
            return bytes
        }
    }
#endif
