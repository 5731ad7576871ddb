// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl

    /// The one owner of a message of several parts of libcurl.
    @safe struct CurlMime: ~Copyable {
        let pointer: OpaquePointer

        init(for handle: borrowing CurlHandle) throws(CurlRefusal) {
            guard let pointer = unsafe curl_mime_init(handle.pointer) else { throw CurlRefusal() }
            unsafe self.pointer = unsafe pointer
        }

        deinit { unsafe curl_mime_free(pointer) }

        /// Appends a part, which libcurl copies and sends in base 64.
        func append(_ content: [UInt8], type: String) throws(CurlRefusal) {
            guard let part = unsafe curl_mime_addpart(pointer) else { throw CurlRefusal() }
            let code = unsafe content.withUnsafeBytes { buffer in
                let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return unsafe curl_mime_data(part, start, buffer.count)
            }
            guard code == CURLE_OK, unsafe curl_mime_type(part, type) == CURLE_OK,
                unsafe curl_mime_encoder(part, "base64") == CURLE_OK
            else { throw CurlRefusal() }
        }
    }
#endif
