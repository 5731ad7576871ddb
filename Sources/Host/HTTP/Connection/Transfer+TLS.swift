// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver

extension Transfer {
    init(_ transfer: TLSTransfer) {
        switch transfer {
        case .moved(let count): self = .moved(count)
        case .wouldBlock: self = .wouldBlock
        case .ended: self = .ended
        case .failed: self = .failed(SystemError(code: 71, call: "TLS"))
        }
    }
}
