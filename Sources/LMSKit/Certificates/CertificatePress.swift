// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Draws certificates.
public protocol CertificatePress: Sendable {
    /// Draws a certificate as a PDF of one page, with its fonts embedded.
    ///
    /// The same sheet gives the same bytes as long as the same fonts are installed.
    ///
    /// - Parameter sheet: What is drawn.
    /// - Returns: The file.
    /// - Throws: `CertificatePressError`.
    func pdf(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [UInt8]

    /// Draws a certificate as a PNG image, to be looked at before it is issued.
    ///
    /// - Parameters:
    ///   - sheet: What is drawn; attachments are left out.
    ///   - width: The image's width in pixels; taken as the nearest of 100 through 2000.
    /// - Returns: The file.
    /// - Throws: `CertificatePressError`.
    func png(_ sheet: CertificateSheet, width: Int) async throws(CertificatePressError) -> [UInt8]

    /// Tells which texts have characters that no installed font has.
    ///
    /// Such a character is drawn as a box with its number.
    ///
    /// - Parameter sheet: What would be drawn.
    /// - Returns: The texts, in the order of `CertificateSheet.Field`; empty if all can be drawn.
    /// - Throws: `CertificatePressError`.
    func undrawable(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [CertificateSheet.Field]
}

/// Why a certificate was not drawn.
@nonexhaustive
public enum CertificatePressError: Error, Sendable, Equatable {
    /// As many certificates as may wait are waiting; trying again later helps.
    case busy
    /// An image is damaged, although it begins like a PNG.
    case damagedImage(CertificateSheet.Picture)
    /// No font is installed to draw with.
    case noFonts
    /// The drawing library refused; trying again may help once something else was changed.
    case failed(reason: String)
}

extension CertificatePressError: CustomStringConvertible {
    /// What went wrong.
    public var description: String {
        switch self {
        case .busy: "too many certificates wait to be drawn"
        case .damagedImage(let picture): "the \(picture.rawValue) is no readable PNG image"
        case .noFonts: "no fonts are installed: see scripts/setup"
        case .failed(let reason): "the certificate could not be drawn: \(reason)"
        }
    }
}
