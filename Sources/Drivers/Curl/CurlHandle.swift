// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import LMSEventLoop

    /// The one owner of a transfer of libcurl.
    @safe struct CurlHandle: ~Copyable {
        let pointer: UnsafeMutableRawPointer

        /// libcurl wants to be set up once, before its first use.
        ///
        /// OpenSSL writes to a connection that the other end closed, and libcurl without signals of its own leaves it to the
        /// process not to end by that.
        static let isReady: Bool = {
            EventLoop.ignoreBrokenPipes()
            return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
        }()

        init() throws(CurlRefusal) {
            guard Self.isReady, let pointer = unsafe curl_easy_init() else { throw CurlRefusal() }
            unsafe self.pointer = unsafe pointer
        }

        deinit { unsafe curl_easy_cleanup(pointer) }

        /// Sets an option to a text, which libcurl copies; `nil` is the option's absence.
        func set(_ option: CURLoption, _ text: String?) throws(CurlRefusal) {
            guard unsafe clms_curl_set_text(pointer, option, text) == CURLE_OK else { throw CurlRefusal() }
        }

        func set(_ option: CURLoption, _ number: Int) throws(CurlRefusal) {
            guard unsafe clms_curl_set_number(pointer, option, number) == CURLE_OK else { throw CurlRefusal() }
        }

        /// What a set of transfers knows it by.
        var address: UInt { unsafe UInt(bitPattern: pointer) }

        /// Does what the options say; blocks.
        func perform() -> CURLcode { unsafe curl_easy_perform(pointer) }

        /// The number that the other end's last reply began with; 0 without a reply.
        var responseCode: Int {
            var code = 0
            unsafe clms_curl_get_number(pointer, CURLINFO_RESPONSE_CODE, &code)
            return code
        }

        /// Whether the last reply came in version 2 of HTTP.
        var isHTTP2: Bool {
            var version = 0
            unsafe clms_curl_get_number(pointer, CURLINFO_HTTP_VERSION, &version)
            return version == CURL_HTTP_VERSION_2_0
        }

        /// How many bytes were sent.
        var uploaded: Int64 {
            var count = curl_off_t(0)
            unsafe clms_curl_get_size(pointer, CURLINFO_SIZE_UPLOAD_T, &count)
            return Int64(count)
        }
    }

    /// The one owner of a list of texts of libcurl.
    @safe struct CurlList: ~Copyable {
        private(set) var pointer: UnsafeMutablePointer<curl_slist>?

        /// Appends a text, which libcurl copies.
        mutating func append(_ text: String) throws(CurlRefusal) {
            guard let longer = unsafe curl_slist_append(pointer, text) else { throw CurlRefusal() }
            unsafe pointer = longer
        }

        deinit { unsafe curl_slist_free_all(pointer) }
    }

    /// libcurl took no such option, or there is no memory for it.
    struct CurlRefusal: Error {}
#endif
