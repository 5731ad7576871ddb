// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import LMSZlibDriver

@testable import LMSHost

/// Writes what it is told as lines, where a real press draws.
struct PlainPress: CertificatePress {
    func pdf(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [UInt8] {
        var lines = ["%PDF-plain", sheet.layout.rawValue, sheet.language, sheet.palette.accent.hex]
        lines += CertificateSheet.Field.allCases.compactMap { field in
            sheet.texts[field].map { "\(field.rawValue): \($0)" }
        }
        lines.append("verification: \(sheet.verification)")
        lines += sheet.pictures.map { "\($0.key.rawValue): \($0.value.png.count) bytes" }.sorted()
        lines += sheet.attachments.map { "\($0.name): \(String(decoding: $0.bytes, as: UTF8.self))" }
        return Array(lines.joined(separator: "\n").utf8)
    }

    func png(_ sheet: CertificateSheet, width: Int) async throws(CertificatePressError) -> [UInt8] {
        Data(base64Encoded: CertificateImageRequest.pixel).map(Array.init) ?? []
    }

    func undrawable(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [CertificateSheet.Field] { [] }
}

extension MemoryBlobStore {
    /// Of all hosts that keep nothing of their own, as they share a database.
    static let shared = MemoryBlobStore()
}

extension CertificatePorts {
    /// A press that writes what it is told, and memory.
    static func plain(
        store: MemoryBlobStore = .shared,
        press: (any CertificatePress)? = PlainPress()
    ) -> CertificatePorts {
        #if Compression
            CertificatePorts(store: store, press: press) { bytes in try Gzip.compress(bytes) }
        #else
            CertificatePorts(store: store, press: press, compress: nil)
        #endif
    }
}
