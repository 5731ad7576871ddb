// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import CLMSPango

    /// Takes what cairo writes; used by one thread.
    final class ByteSink {
        /// The most that one file may have; cairo stops with a write error there.
        static let limit = 32 << 20
        private(set) var bytes: [UInt8] = []

        /// What cairo hands to `receive`; the sink must outlive the surface that writes.
        var closure: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

        static let receive: cairo_write_func_t = { closure, data, length in
            guard let closure = unsafe closure, let data = unsafe data else { return CAIRO_STATUS_WRITE_ERROR }
            // SAFETY: whoever passed `closure` on keeps the sink until the surface is finished.
            let sink = unsafe Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
            guard sink.bytes.count + Int(length) <= limit else { return CAIRO_STATUS_WRITE_ERROR }
            // SAFETY: cairo hands over `length` bytes that it keeps until this returns (cairo_write_func_t).
            unsafe sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
            return CAIRO_STATUS_SUCCESS
        }
    }

    /// Gives cairo the bytes of a file; used by one thread.
    final class ByteSource {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// What cairo hands to `give`; the source must outlive the call that reads.
        var closure: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

        static let give: cairo_read_func_t = { closure, data, length in
            guard let closure = unsafe closure, let data = unsafe data else { return CAIRO_STATUS_READ_ERROR }
            // SAFETY: whoever passed `closure` on keeps the source until the call has returned.
            let source = unsafe Unmanaged<ByteSource>.fromOpaque(closure).takeUnretainedValue()
            let end = source.position + Int(length)
            guard end <= source.bytes.count else { return CAIRO_STATUS_READ_ERROR }
            // SAFETY: cairo has room for `length` bytes at `data` (cairo_read_func_t).
            for index in source.position..<end { unsafe data[index - source.position] = source.bytes[index] }
            source.position = end
            return CAIRO_STATUS_SUCCESS
        }
    }
#endif
