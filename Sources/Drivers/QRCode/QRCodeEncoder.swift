// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if QRCode
    internal import CLMSQRCode
    public import LMSKit

    /// QR codes by libqrencode.
    public struct QRCodeEncoder: QRCodeEncoding {
        /// Makes an encoder.
        public init() {}

        /// Encodes a text with error correction of level M, in the smallest version that it fits in.
        public func encode(_ text: String) -> QRSymbol? {
            let bytes = Array(text.utf8)
            guard !bytes.isEmpty, bytes.count <= 2_331,
                let code = unsafe QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M)
            else { return nil }
            defer { unsafe QRcode_free(code) }
            let width = Int(unsafe code.pointee.width)
            guard width > 0, let data = unsafe code.pointee.data else { return nil }
            // SAFETY: `data` holds width × width bytes until `QRcode_free` (qrencode.h, "QRcode"); only bit 0 is the color.
            let modules = unsafe UnsafeBufferPointer(start: data, count: width * width)
            var isDark: [Bool] = []
            isDark.reserveCapacity(width * width)
            for index in 0..<(width * width) { unsafe isDark.append(modules[index] & 1 == 1) }
            return QRSymbol(width: width, modules: isDark)
        }
    }
#endif
