// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl

    /// The one owner of a set of transfers of libcurl that run beside each other on one thread.
    @safe struct CurlMultiHandle: ~Copyable {
        let pointer: UnsafeMutableRawPointer

        init?() {
            guard CurlHandle.isReady, let pointer = unsafe curl_multi_init() else { return nil }
            unsafe self.pointer = unsafe pointer
        }

        deinit {
            unsafe clms_curl_multi_watch(pointer, nil, nil, nil)
            unsafe curl_multi_cleanup(pointer)
        }

        func set(_ option: CURLMoption, _ number: Int) {
            // Fails only for options that this libcurl does not know, and the oldest that is supported knows them.
            unsafe clms_curl_multi_set_number(pointer, option, number)
        }

        /// Begins a transfer; says whether there was memory for it.
        func add(_ handle: borrowing CurlHandle) -> Bool {
            unsafe curl_multi_add_handle(pointer, handle.pointer) == CURLM_OK
        }

        /// Ends a transfer at once, whatever its state.
        func remove(_ handle: borrowing CurlHandle) {
            unsafe curl_multi_remove_handle(pointer, handle.pointer)
        }

        /// Goes on with the transfer of a descriptor, or with those whose time has come.
        func advance(_ descriptor: curl_socket_t, _ events: Int32) {
            var running: Int32 = 0
            unsafe curl_multi_socket_action(pointer, descriptor, events, &running)
        }

        /// The next transfer that is over, by its handle's address, and how it ended.
        func nextDone() -> (handle: UInt, code: CURLcode)? {
            var code = CURLE_OK
            guard let handle = unsafe clms_curl_multi_next_done(pointer, &code) else { return nil }
            return (UInt(bitPattern: handle), code)
        }
    }
#endif
