// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Magic
    internal import CLMSMagic
    public import LMSEventLoop
    public import LMSKit
    internal import Synchronization

    /// Tells files apart by libmagic and the rules of the system, which are loaded when the first file comes.
    public final class MagicContentTypes: ContentTypes {
        private let pool: SidePool
        private let rules = Mutex<MagicRules?>(nil)

        /// Prepares it.
        ///
        /// - Parameter pool: The threads that look at files; libmagic takes milliseconds, and one caller at a time.
        public init(pool: SidePool) {
            self.pool = pool
        }

        /// Looks at the beginning of a file.
        public func mediaType(of head: [UInt8]) async throws(ContentTypesError) -> String {
            do {
                return try await pool.run { [self] in
                    try rules.withLock { rules in
                        let loaded = try rules ?? MagicRules()
                        rules = loaded
                        return try loaded.mediaType(of: head)
                    }
                }
            } catch let error as ContentTypesError {
                throw error
            } catch is SidePool.Busy {
                throw .busy
            } catch {
                throw .unavailable(reason: "\(error)")
            }
        }
    }

    /// The one owner of loaded rules.
    ///
    /// SAFETY: a cookie of libmagic may be used by one thread at a time, and by any; it is only reached through the mutex of
    /// `MagicContentTypes`, and freed when the last reference goes.
    @safe private final class MagicRules: @unchecked Sendable {
        private let cookie: magic_t

        init() throws(ContentTypesError) {
            // No devices, no unpacking, no tape archives by guess, no programs' headers in depth: bytes and rules.
            let flags =
                MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF
            guard let cookie = unsafe magic_open(flags) else { throw .unavailable(reason: "magic_open") }
            guard unsafe magic_load(cookie, nil) == 0 else {
                unsafe magic_close(cookie)
                throw .unavailable(reason: "the rules of libmagic cannot be read")
            }
            unsafe self.cookie = cookie
        }

        deinit { unsafe magic_close(cookie) }

        func mediaType(of head: [UInt8]) throws(ContentTypesError) -> String {
            let text: String? = unsafe head.withUnsafeBytes { buffer in
                guard let found = unsafe magic_buffer(cookie, buffer.baseAddress, buffer.count) else { return nil }
                // The text is the cookie's until it is used again.
                return unsafe String(cString: found)
            }
            guard let text else { throw .unavailable(reason: "magic_buffer") }
            return String(text.prefix { $0 != ";" }).lowercased()
        }
    }
#endif
