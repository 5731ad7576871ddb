// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import CLMSPango
    internal import LMSKit

    /// A page to draw on.
    @safe struct Canvas: ~Copyable {
        let drawing: DrawingHandle
        let context: TextContextHandle
        let language: String
        let isRightToLeft: Bool
        private let tagging: Tagging

        /// Whether the parts are named for screen readers, which only a PDF can hold.
        enum Tagging {
            case on, off
        }

        init(
            _ surface: borrowing SurfaceHandle,
            sheet: CertificateSheet,
            tagging: Tagging,
            scale: Double = 1
        ) throws(CertificatePressError) {
            let drawing = try DrawingHandle(on: surface)
            let context = try TextContextHandle()
            let options = try FontOptionsHandle()
            unsafe cairo_scale(drawing.pointer, scale, scale)
            unsafe pango_cairo_update_context(drawing.pointer, context.pointer)
            // The same places for glyphs on paper and on a screen.
            unsafe cairo_font_options_set_hint_style(options.pointer, CAIRO_HINT_STYLE_NONE)
            unsafe cairo_font_options_set_hint_metrics(options.pointer, CAIRO_HINT_METRICS_OFF)
            unsafe cairo_font_options_set_antialias(options.pointer, CAIRO_ANTIALIAS_GRAY)
            unsafe pango_cairo_context_set_font_options(context.pointer, options.pointer)
            unsafe pango_context_set_round_glyph_positions(context.pointer, 0)
            unsafe pango_context_set_language(context.pointer, pango_language_from_string(sheet.language))
            self.drawing = drawing
            self.context = context
            self.tagging = tagging
            language = sheet.language
            isRightToLeft = sheet.direction == .rightToLeft
        }

        /// Draws what is named as a part of the document.
        func part(_ name: String, _ body: () throws(CertificatePressError) -> Void) throws(CertificatePressError) {
            guard tagging == .on else {
                try body()
                return
            }
            unsafe cairo_tag_begin(drawing.pointer, name, nil)
            try body()
            unsafe cairo_tag_end(drawing.pointer, name)
        }

        /// Makes a part of the page lead to an address.
        func link(_ box: Box, to address: String) {
            guard tagging == .on else { return }
            // `CertificateSheet` lets no quote and no backslash into the address.
            let place = "rect=[\(box.x) \(box.y) \(box.width) \(box.height)]"
            unsafe cairo_tag_begin(drawing.pointer, "Link", "\(place) uri='\(address)'")
            unsafe cairo_tag_end(drawing.pointer, "Link")
        }

        func fill(_ box: Box, _ color: CertificateColor) {
            use(color)
            unsafe cairo_rectangle(drawing.pointer, box.x, box.y, box.width, box.height)
            unsafe cairo_fill(drawing.pointer)
        }

        func stroke(_ box: Box, _ color: CertificateColor, width: Double) {
            use(color)
            unsafe cairo_set_line_width(drawing.pointer, width)
            unsafe cairo_rectangle(drawing.pointer, box.x, box.y, box.width, box.height)
            unsafe cairo_stroke(drawing.pointer)
        }

        func use(_ color: CertificateColor) {
            unsafe cairo_set_source_rgb(
                drawing.pointer,
                Double(color.red) / 255,
                Double(color.green) / 255,
                Double(color.blue) / 255
            )
        }

        /// Draws a QR code in black on white with the quiet zone of four modules (ISO/IEC 18004 §6.3.8).
        func code(_ symbol: QRSymbol, in box: Box) {
            let square = box.square
            fill(square, CertificateColor(red: 255, green: 255, blue: 255))
            use(CertificateColor(red: 0, green: 0, blue: 0))
            let side = square.width / Double(symbol.width + 8)
            for row in 0..<symbol.width {
                var column = 0
                while column < symbol.width {
                    var end = column
                    while end < symbol.width, symbol.modules[row * symbol.width + end] { end += 1 }
                    if end > column {
                        unsafe cairo_rectangle(
                            drawing.pointer,
                            square.x + side * Double(column + 4),
                            square.y + side * Double(row + 4),
                            side * Double(end - column),
                            side
                        )
                    }
                    column = end + 1
                }
            }
            // One path, so that no thin lines stay between the rows.
            unsafe cairo_fill(drawing.pointer)
        }

        /// Draws an image as large as it fits, centered.
        func picture(_ picture: CertificateSheet.Picture, _ image: CertificateImage, in box: Box)
            throws(CertificatePressError)
        {
            let source = ByteSource(image.png)
            let surface = try unsafe SurfaceHandle(
                cairo_image_surface_create_from_png_stream(ByteSource.give, source.closure)
            )
            withExtendedLifetime(source) {}
            guard unsafe cairo_surface_status(surface.pointer) == CAIRO_STATUS_SUCCESS,
                unsafe Int(cairo_image_surface_get_width(surface.pointer)) == image.width,
                unsafe Int(cairo_image_surface_get_height(surface.pointer)) == image.height
            else { throw .damagedImage(picture) }
            let width = Double(image.width)
            let height = Double(image.height)
            let scale = min(box.width / width, box.height / height)
            unsafe cairo_save(drawing.pointer)
            unsafe cairo_translate(
                drawing.pointer,
                box.x + (box.width - width * scale) / 2,
                box.y + (box.height - height * scale) / 2
            )
            unsafe cairo_scale(drawing.pointer, scale, scale)
            unsafe cairo_set_source_surface(drawing.pointer, surface.pointer, 0, 0)
            unsafe cairo_paint(drawing.pointer)
            unsafe cairo_restore(drawing.pointer)
        }
    }
#endif
