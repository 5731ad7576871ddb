// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSCrypt

/// The one owner of the 32 KB that crypt(3) works in.
@safe struct CryptWorkspace: ~Copyable {
    private static let size = MemoryLayout<crypt_data>.size
    private let memory: UnsafeMutableRawPointer

    init() {
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
    }

    deinit { unsafe memory.deallocate() }

    /// Hashes a password under a setting, which may be a whole hash.
    ///
    /// - Parameters:
    ///   - password: Without NUL bytes.
    ///   - setting: The method, its parameters and the salt.
    /// - Returns: The hash; `nil` if libcrypt finds either unusable.
    func hash(_ password: String, setting: String) -> [UInt8]? {
        guard let output = unsafe crypt_rn(password, setting, memory, Int32(Self.size)) else { return nil }
        return unsafe Array(String(cString: output).utf8)
    }

    /// Makes a yescrypt setting with a fresh salt of the kernel's generator.
    ///
    /// - Parameter cost: 1 through 11.
    /// - Returns: The setting; `nil` for another cost.
    static func yescryptSetting(cost: Int) -> String? {
        var output = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let setting = unsafe crypt_gensalt_rn("$y$", UInt(cost), nil, 0, &output, Int32(output.count))
        guard unsafe setting != nil else { return nil }
        let end = output.firstIndex(of: 0) ?? output.endIndex
        return String(decoding: output[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
