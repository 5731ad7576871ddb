// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import CLMSPango
    internal import FoundationEssentials
    internal import LMSKit

    /// Draws one sheet; blocks, so it is used on a thread of a pool.
    struct Easel: Sendable {
        let sheet: CertificateSheet
        let symbol: QRSymbol?

        func pdf() throws(CertificatePressError) -> [UInt8] {
            let sink = ByteSink()
            try writePDF(to: sink)
            return try PDFAddendum(
                language: sheet.language,
                isRightToLeft: sheet.direction == .rightToLeft,
                attachments: sheet.attachments
            ).applied(to: sink.bytes)
        }

        func png(width: Int) throws(CertificatePressError) -> [UInt8] {
            let sink = ByteSink()
            try writePNG(to: sink, width: width)
            return sink.bytes
        }

        /// Draws onto a surface that keeps nothing, and looks for what stayed without a glyph.
        func undrawable() throws(CertificatePressError) -> [CertificateSheet.Field] {
            let surface = try unsafe SurfaceHandle(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1))
            let canvas = try Canvas(surface, sheet: sheet, tagging: .off)
            try canvas.requireFonts()
            var fields: [CertificateSheet.Field] = []
            for field in CertificateSheet.Field.allCases {
                guard let text = sheet.texts[field] else { continue }
                if try canvas.lacksGlyphs(for: text, sheet.layout.typeface) { fields.append(field) }
            }
            return fields
        }

        private func writePDF(to sink: ByteSink) throws(CertificatePressError) {
            defer { withExtendedLifetime(sink) {} }
            let surface = try unsafe SurfaceHandle(
                cairo_pdf_surface_create_for_stream(
                    ByteSink.receive,
                    sink.closure,
                    sheet.paper.width,
                    sheet.paper.height
                )
            )
            try surface.check()
            // Below 1.5 cairo does not write which text a glyph of several letters stands for.
            unsafe cairo_pdf_surface_restrict_to_version(surface.pointer, CAIRO_PDF_VERSION_1_5)
            let name = [sheet.texts[.heading], sheet.texts[.course]].compactMap(\.self).joined(separator: " · ")
            describe(surface, CAIRO_PDF_METADATA_TITLE, name)
            describe(surface, CAIRO_PDF_METADATA_AUTHOR, sheet.texts[.issuer] ?? "")
            describe(surface, CAIRO_PDF_METADATA_SUBJECT, sheet.texts[.number] ?? "")
            describe(surface, CAIRO_PDF_METADATA_CREATE_DATE, sheet.date.formatted(.iso8601))
            do {
                let canvas = try Canvas(surface, sheet: sheet, tagging: .on)
                try canvas.requireFonts()
                try canvas.draw(sheet, symbol)
                unsafe cairo_show_page(canvas.drawing.pointer)
                try canvas.drawing.check()
            } catch {
                // What is half drawn is written while the sink is still there.
                unsafe cairo_surface_finish(surface.pointer)
                throw error
            }
            unsafe cairo_surface_finish(surface.pointer)
            try surface.check()
        }

        private func writePNG(to sink: ByteSink, width: Int) throws(CertificatePressError) {
            let scale = Double(width) / sheet.paper.width
            let height = Int32((sheet.paper.height * scale).rounded())
            let surface = try unsafe SurfaceHandle(cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), height))
            try surface.check()
            let canvas = try Canvas(surface, sheet: sheet, tagging: .off, scale: scale)
            try canvas.requireFonts()
            try canvas.draw(sheet, symbol)
            try canvas.drawing.check()
            unsafe cairo_surface_flush(surface.pointer)
            try CairoStatus.check(
                unsafe cairo_surface_write_to_png_stream(surface.pointer, ByteSink.receive, sink.closure)
            )
            withExtendedLifetime(sink) {}
        }

        private func describe(_ surface: borrowing SurfaceHandle, _ key: cairo_pdf_metadata_t, _ text: String) {
            unsafe cairo_pdf_surface_set_metadata(surface.pointer, key, text)
        }
    }

    extension CertificateSheet.Layout {
        var typeface: Typeface {
            switch self {
            case .classic: .serif
            case .modern, .plain: .sans
            }
        }
    }
#endif
