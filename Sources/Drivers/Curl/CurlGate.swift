// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import CLMSCurl
    internal import Glibc
    internal import LMSTenancy

    /// Looks at each address that a transfer is about to connect to; used by one thread.
    ///
    /// Whoever owns it keeps it until the transfer is over.
    final class CurlGate {
        private let addresses: OutgoingAddresses
        private let protection: OutgoingAddresses.Protection
        /// Whether an address was refused.
        private(set) var hasRefused = false

        init(_ addresses: OutgoingAddresses, _ protection: OutgoingAddresses.Protection) {
            self.addresses = addresses
            self.protection = protection
        }

        /// Has libcurl ask before it connects.
        func watch(_ handle: borrowing CurlHandle) throws(CurlRefusal) {
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            unsafe clms_curl_set_pointer(handle.pointer, CURLOPT_OPENSOCKETDATA, context)
            let code = unsafe clms_curl_set_open_socket(handle.pointer) { context, _, address in
                // SAFETY: the context is the gate that the running transfer keeps.
                let gate = unsafe context.map { unsafe Unmanaged<CurlGate>.fromOpaque($0).takeUnretainedValue() }
                return unsafe gate?.open(address) ?? CURL_SOCKET_BAD
            }
            guard code == CURLE_OK else { throw CurlRefusal() }
        }

        /// Opens a socket for the address that libcurl is about to connect to, if that is allowed.
        private func open(_ target: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
            guard let target = unsafe target, let address = unsafe Self.address(target) else { return CURL_SOCKET_BAD }
            guard addresses.allow(address, protection) else {
                hasRefused = true
                return CURL_SOCKET_BAD
            }
            return unsafe socket(
                target.pointee.family,
                target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
                target.pointee.protocol
            )
        }

        private static func address(_ target: UnsafeMutablePointer<curl_sockaddr>) -> NetworkAddress? {
            // SAFETY: libcurl fills `addr` with a socket address of the family's length, in place of what it declares.
            let start = unsafe UnsafeRawPointer(target) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
            let length = unsafe Int(target.pointee.addrlen)
            switch unsafe target.pointee.family {
            case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
                var bytes = unsafe start.loadUnaligned(as: sockaddr_in.self).sin_addr
                return unsafe withUnsafeBytes(of: &bytes) { unsafe NetworkAddress(Array($0)) }
            case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
                var bytes = unsafe start.loadUnaligned(as: sockaddr_in6.self).sin6_addr
                return unsafe withUnsafeBytes(of: &bytes) { unsafe NetworkAddress(Array($0)) }
            default: return nil
            }
        }
    }
#endif
