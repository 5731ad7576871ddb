// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import LMSKit

    extension Canvas {
        /// Draws a whole certificate.
        func draw(_ sheet: CertificateSheet, _ symbol: QRSymbol?) throws(CertificatePressError) {
            let page = Box(x: 0, y: 0, width: sheet.paper.width, height: sheet.paper.height)
            fill(page, sheet.palette.ground)
            try part("Document") { () throws(CertificatePressError) in
                let inks = Inks(sheet)
                switch sheet.layout {
                case .classic:
                    frame(page, sheet.palette, unit: inks.unit)
                    try centered(sheet, symbol, inks, in: page.inset(52 * inks.unit))
                case .plain: try centered(sheet, symbol, inks, in: page.inset(48 * inks.unit))
                case .modern: try banded(sheet, symbol, inks, in: page)
                }
            }
        }

        private func frame(_ page: Box, _ palette: CertificatePalette, unit: Double) {
            stroke(page.inset(22 * unit), palette.accent, width: 3.5 * unit)
            stroke(page.inset(29 * unit), palette.accent, width: 0.8 * unit)
        }

        /// Everything in the middle, one below the other; date, signature and code side by side at the foot.
        private func centered(
            _ sheet: CertificateSheet,
            _ symbol: QRSymbol?,
            _ inks: Inks,
            in area: Box
        ) throws(CertificatePressError) {
            let unit = inks.unit
            var body = area
            body.height -= 138 * unit
            var rows: [Row] = []
            if sheet.pictures[.logo] != nil { rows.append(.picture(.logo, height: 50 * unit)) }
            rows.append(.text(.issuer, inks.plain(15), height: 24 * unit))
            rows.append(.text(.heading, inks.strong(34), height: 48 * unit))
            rows.append(.text(.presentation, inks.plain(13), height: 20 * unit))
            rows.append(.text(.learner, inks.accented(32), height: 62 * unit))
            rows.append(.text(.statement, inks.plain(13), height: 20 * unit))
            rows.append(.text(.course, inks.strong(22), height: 50 * unit))
            rows.append(.text(.detail, inks.plain(12), height: 20 * unit))
            try stack(rows, of: sheet, in: body)
            try foot(sheet, symbol, inks, in: area.bottom(132 * unit))
        }

        private func foot(
            _ sheet: CertificateSheet,
            _ symbol: QRSymbol?,
            _ inks: Inks,
            in area: Box
        ) throws(CertificatePressError) {
            let unit = inks.unit
            let cells = area.top(106 * unit)
            let gap = 20 * unit
            let dates = cells.column(0, of: 3, gap: gap, mirrored: isRightToLeft)
            try stack(days(inks), of: sheet, in: dates)
            let hand = cells.column(1, of: 3, gap: gap, mirrored: isRightToLeft)
            try stack(signature(inks), of: sheet, in: hand)
            let code = cells.column(2, of: 3, gap: gap, mirrored: isRightToLeft)
            if let symbol { try part("Figure") { self.code(symbol, in: code.top(80 * unit)) } }
            try stack(
                [
                    .text(.numberCaption, inks.plain(8), height: 11 * unit),
                    .text(.number, inks.number(10), height: 14 * unit),
                ],
                of: sheet,
                in: code.bottom(25 * unit)
            )
            try address(sheet, inks, in: area.bottom(24 * unit))
        }

        /// A band of color with logo and code where lines begin, and all else beside it.
        private func banded(
            _ sheet: CertificateSheet,
            _ symbol: QRSymbol?,
            _ inks: Inks,
            in page: Box
        ) throws(CertificatePressError) {
            let unit = inks.unit
            let width = 140 * unit
            let band = Box(x: isRightToLeft ? page.width - width : 0, y: 0, width: width, height: page.height)
            fill(band, sheet.palette.accent)
            var area = Box(
                x: isRightToLeft ? 0 : width,
                y: 0,
                width: page.width - width,
                height: page.height
            ).inset(44 * unit)
            let inner = band.inset(20 * unit)
            if let logo = sheet.pictures[.logo] {
                let place = inner.top(80 * unit)
                fill(place, sheet.palette.ground)
                try part("Figure") { () throws(CertificatePressError) in
                    try picture(.logo, logo, in: place.inset(6 * unit))
                }
            }
            let foot = area.bottom(134 * unit)
            area.height -= 140 * unit
            let rows: [Row] = [
                .text(.issuer, inks.plain(15, .start), height: 24 * unit),
                .text(.heading, inks.strong(32, .start), height: 48 * unit),
                .text(.presentation, inks.plain(13, .start), height: 20 * unit),
                .text(.learner, inks.accented(32, .start), height: 62 * unit),
                .text(.statement, inks.plain(13, .start), height: 20 * unit),
                .text(.course, inks.strong(22, .start), height: 50 * unit),
                .text(.detail, inks.plain(12, .start), height: 20 * unit),
            ]
            try stack(rows, of: sheet, in: area)
            let cells = foot.top(106 * unit)
            let gap = 24 * unit
            try stack(days(inks, .start), of: sheet, in: cells.column(0, of: 2, gap: gap, mirrored: isRightToLeft))
            let hand = cells.column(1, of: 2, gap: gap, mirrored: isRightToLeft)
            try stack(signature(inks, .start), of: sheet, in: hand)
            if let symbol {
                try part("Figure") { code(symbol, in: inner.bottom(150 * unit).top(100 * unit)) }
            }
            try stack(
                [
                    .text(.numberCaption, inks.onBand(8), height: 16 * unit),
                    .text(.number, inks.onBand(11, isCode: true), height: 24 * unit),
                ],
                of: sheet,
                in: inner.bottom(44 * unit)
            )
            try address(sheet, inks, .start, in: foot.bottom(24 * unit))
        }

        private func days(_ inks: Inks, _ alignment: Alignment = .center) -> [Row] {
            [
                .text(.date, inks.plain(13, alignment), height: 20 * inks.unit),
                .text(.dateCaption, inks.plain(9, alignment), height: 14 * inks.unit),
                .text(.expiry, inks.plain(13, alignment), height: 20 * inks.unit),
                .text(.expiryCaption, inks.plain(9, alignment), height: 14 * inks.unit),
            ]
        }

        private func signature(_ inks: Inks, _ alignment: Alignment = .center) -> [Row] {
            let sheet = inks.sheet
            var rows: [Row] = []
            if sheet.pictures[.signature] != nil { rows.append(.picture(.signature, height: 52 * inks.unit)) }
            if sheet.pictures[.signature] != nil || sheet.texts[.signer] != nil {
                rows.append(.line(sheet.palette.ink, height: 2 * inks.unit))
            }
            rows.append(.text(.signer, inks.plain(13, alignment), height: 20 * inks.unit))
            rows.append(.text(.signerTitle, inks.plain(9, alignment), height: 14 * inks.unit))
            return rows
        }

        /// The address of the check as text, which also leads there.
        private func address(
            _ sheet: CertificateSheet,
            _ inks: Inks,
            _ alignment: Alignment = .center,
            in area: Box
        ) throws(CertificatePressError) {
            let half = area.height / 2
            try stack(
                [.text(.verificationCaption, inks.plain(8, alignment), height: half)],
                of: sheet,
                in: area.top(half)
            )
            let place = area.bottom(half)
            try part("P") { () throws(CertificatePressError) in
                try text(sheet.verification, inks.number(8, alignment), in: place)
            }
            link(place, to: sheet.verification)
        }
    }

    /// The ways in which the texts of a sheet are set.
    struct Inks {
        let sheet: CertificateSheet
        /// What a point of A4 is on this paper.
        let unit: Double

        init(_ sheet: CertificateSheet) {
            self.sheet = sheet
            unit = min(sheet.paper.width, sheet.paper.height) / 595
        }

        func plain(_ size: Double, _ alignment: Alignment = .center) -> TextStyle {
            TextStyle(face: face, size: size * unit, color: sheet.palette.ink, alignment: alignment)
        }

        func strong(_ size: Double, _ alignment: Alignment = .center) -> TextStyle {
            TextStyle(face: face, size: size * unit, isBold: true, color: sheet.palette.ink, alignment: alignment)
        }

        func accented(_ size: Double, _ alignment: Alignment = .center) -> TextStyle {
            TextStyle(face: face, size: size * unit, isBold: true, color: sheet.palette.accent, alignment: alignment)
        }

        func number(_ size: Double, _ alignment: Alignment = .center) -> TextStyle {
            TextStyle(face: .sans, size: size * unit, color: sheet.palette.ink, alignment: alignment, isCode: true)
        }

        func onBand(_ size: Double, isCode: Bool = false) -> TextStyle {
            TextStyle(face: .sans, size: size * unit, color: sheet.palette.ground, isCode: isCode)
        }

        private var face: Typeface { sheet.layout.typeface }
    }
#endif
