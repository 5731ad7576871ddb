// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    public import LMSEventLoop
    public import LMSKit
    internal import Synchronization

    /// Draws certificates with pango and cairo.
    ///
    /// Fonts are those that fontconfig finds on this machine; nothing is fetched. Give it a pool of one thread, which holds some
    /// 10 MB of fonts for as long as it lives. A process draws one sheet at a time, however many presses and threads it has:
    /// cairo 1.16 keeps ten font files open for all threads and closes one of them, for an eleventh, without looking whether
    /// another thread is about to use it (`_font_map_release_face_lock_held` in cairo-ft-font.c).
    public struct PangoPress: CertificatePress {
        private static let turn = Mutex(())

        private let pool: SidePool
        private let qrCodes: (any QRCodeEncoding)?

        /// Puts a press together.
        ///
        /// - Parameters:
        ///   - pool: Threads that draw; its queue is how many certificates may wait.
        ///   - qrCodes: Makes the QR code; `nil` leaves it out, the address stays as text.
        public init(pool: SidePool, qrCodes: (any QRCodeEncoding)?) {
            self.pool = pool
            self.qrCodes = qrCodes
        }

        /// Draws a certificate as a PDF of one page.
        public func pdf(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [UInt8] {
            try await draw(sheet) { easel throws(CertificatePressError) in try easel.pdf() }
        }

        /// Draws a certificate as a PNG image.
        public func png(_ sheet: CertificateSheet, width: Int) async throws(CertificatePressError) -> [UInt8] {
            try await draw(sheet) { easel throws(CertificatePressError) in
                try easel.png(width: min(max(width, 100), 2000))
            }
        }

        /// Tells which texts have characters that no installed font has.
        public func undrawable(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [CertificateSheet
            .Field]
        {
            try await draw(sheet) { easel throws(CertificatePressError) in try easel.undrawable() }
        }

        private func draw<Value: Sendable>(
            _ sheet: CertificateSheet,
            _ body: @escaping @Sendable (Easel) throws(CertificatePressError) -> Value
        ) async throws(CertificatePressError) -> Value {
            let symbol = qrCodes?.encode(sheet.verification)
            do {
                return try await pool.run {
                    try Self.turn.withLock { _ in try body(Easel(sheet: sheet, symbol: symbol)) }
                }
            } catch let error as CertificatePressError {
                throw error
            } catch {
                throw .busy  // all else that the pool throws
            }
        }
    }
#endif
