// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import LMSKit

    /// One of several things below each other.
    enum Row {
        case text(CertificateSheet.Field, TextStyle, height: Double)
        case picture(CertificateSheet.Picture, height: Double)
        case line(CertificateColor, height: Double)

        var height: Double {
            switch self {
            case .text(_, _, let height), .picture(_, let height), .line(_, let height): height
            }
        }

        /// Whether the sheet has something to show there.
        func isShown(on sheet: CertificateSheet) -> Bool {
            switch self {
            case .text(let field, _, _): sheet.texts[field] != nil
            case .picture(let picture, _): sheet.pictures[picture] != nil
            case .line: true
            }
        }
    }

    extension Canvas {
        /// Draws what the sheet has of some rows, from the top, with the space that is left spread between them.
        ///
        /// Rows that are higher together than the area are all made lower.
        func stack(_ rows: [Row], of sheet: CertificateSheet, in area: Box) throws(CertificatePressError) {
            let rows = rows.filter { $0.isShown(on: sheet) }
            let wanted = rows.reduce(0) { $0 + $1.height }
            guard wanted > 0 else { return }
            let share = min(1, area.height / wanted)
            // Not farther apart than what belongs together may be.
            let gap = min((area.height - wanted * share) / Double(rows.count), 26)
            var place = area
            place.y += (area.height - wanted * share - gap * Double(rows.count - 1)) / 2
            for row in rows {
                place.height = row.height * share
                try draw(row, of: sheet, in: place)
                place.y += place.height + gap
            }
        }

        private func draw(_ row: Row, of sheet: CertificateSheet, in place: Box) throws(CertificatePressError) {
            switch row {
            case .text(let field, let style, _):
                guard let words = sheet.texts[field] else { return }
                try part(field == .heading ? "H1" : "P") { () throws(CertificatePressError) in
                    try text(words, style, in: place)
                }
            case .picture(let which, _):
                guard let image = sheet.pictures[which] else { return }
                try part("Figure") { () throws(CertificatePressError) in try picture(which, image, in: place) }
            case .line(let color, _):
                fill(Box(x: place.x, y: place.y + place.height / 2, width: place.width, height: 0.7), color)
            }
        }
    }
#endif
