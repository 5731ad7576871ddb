// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import CLMSPango
    internal import LMSKit

    /// How a text is set.
    struct TextStyle {
        var face: Typeface
        /// The size in points if there is room.
        var size: Double
        var isBold = false
        var color: CertificateColor
        var alignment = Alignment.center
        /// Whether it is read from the left whatever the language is, as numbers and addresses are.
        var isCode = false
    }

    extension Canvas {
        /// Draws a text so that it stays within a box: smaller if it must be, then on several lines, then smaller still.
        ///
        /// Each text is a paragraph of its own, so that its direction cannot change that of another.
        func text(_ text: String, _ style: TextStyle, in box: Box) throws(CertificatePressError) {
            let paragraph = try ParagraphHandle(in: context)
            try set(text, style, of: paragraph)
            let bounds = try fit(paragraph, style, in: box)
            // What even the smallest size cannot do: marks piled up, or one very wide sign.
            let scale = min(1, box.width / max(bounds.width, 1), box.height / max(bounds.height, 1))
            let shownWidth = bounds.width * scale
            let shownHeight = bounds.height * scale
            let x =
                switch style.alignment {
                case .center: box.x + (box.width - shownWidth) / 2
                case .start: isRightToLeft ? box.x + box.width - shownWidth : box.x
                }
            use(style.color)
            unsafe cairo_save(drawing.pointer)
            unsafe cairo_translate(drawing.pointer, x, box.y + (box.height - shownHeight) / 2)
            unsafe cairo_scale(drawing.pointer, scale, scale)
            unsafe cairo_translate(drawing.pointer, -bounds.x, -bounds.y)
            try show(paragraph, text)
            unsafe cairo_restore(drawing.pointer)
        }

        /// Refuses to draw where nothing is installed to draw with: pango would leave an empty page.
        func requireFonts() throws(CertificatePressError) {
            if try lacksGlyphs(for: "A1", .sans) { throw .noFonts }
        }

        /// Whether a text has characters that no font has.
        func lacksGlyphs(for text: String, _ face: Typeface) throws(CertificatePressError) -> Bool {
            let paragraph = try ParagraphHandle(in: context)
            let style = TextStyle(face: face, size: 12, color: CertificateColor(red: 0, green: 0, blue: 0))
            try set(text, style, of: paragraph)
            try resize(paragraph, style, 12)
            return unsafe pango_layout_get_unknown_glyphs_count(paragraph.pointer) > 0
        }

        private func set(
            _ text: String,
            _ style: TextStyle,
            of paragraph: borrowing ParagraphHandle
        ) throws(CertificatePressError) {
            let base = isRightToLeft && !style.isCode ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR
            unsafe pango_context_set_base_dir(context.pointer, base)
            unsafe pango_layout_context_changed(paragraph.pointer)
            unsafe pango_layout_set_auto_dir(paragraph.pointer, style.isCode ? 0 : 1)
            unsafe pango_layout_set_text(paragraph.pointer, text, Int32(text.utf8.count))
            if text.unicodeScalars.contains(where: \.isArabic) {
                // One glyph for several letters that writing does not demand is read back in a wrong order (`GlyphRun`).
                let attributes = try AttributesHandle()
                unsafe pango_attr_list_insert(
                    attributes.pointer,
                    pango_attr_font_features_new("liga=0, clig=0, dlig=0")
                )
                unsafe pango_layout_set_attributes(paragraph.pointer, attributes.pointer)
            }
            unsafe pango_layout_set_wrap(paragraph.pointer, PANGO_WRAP_WORD_CHAR)
            // "Left" is where a paragraph's own lines begin, which need not be where the sheet's do.
            let isTurned =
                unsafe (pango_layout_get_direction(paragraph.pointer, 0) == PANGO_DIRECTION_RTL) != isRightToLeft
            let start = isTurned ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT
            unsafe pango_layout_set_alignment(
                paragraph.pointer,
                style.alignment == .center ? PANGO_ALIGN_CENTER : start
            )
        }

        /// Chooses size and lines; says what the text covers then, with accents that reach beyond its lines.
        private func fit(
            _ paragraph: borrowing ParagraphHandle,
            _ style: TextStyle,
            in box: Box
        ) throws(CertificatePressError) -> Box {
            let smallest = min(style.size, 5)
            var size = style.size
            var bounds = Box(x: 0, y: 0, width: 0, height: 0)
            for share in [1.0, 0.9, 0.8, 0.7, 0.6] {
                size = max(smallest, style.size * share)
                try resize(paragraph, style, size)
                bounds = cover(paragraph)
                if bounds.width <= box.width, bounds.height <= box.height { return bounds }
            }
            unsafe pango_layout_set_width(paragraph.pointer, Int32(box.width * Double(PANGO_SCALE)))
            while true {
                try resize(paragraph, style, size)
                bounds = cover(paragraph)
                if bounds.width <= box.width && bounds.height <= box.height || size <= smallest { return bounds }
                size = max(smallest, size * 0.92)
            }
        }

        private func resize(
            _ paragraph: borrowing ParagraphHandle,
            _ style: TextStyle,
            _ size: Double
        ) throws(CertificatePressError) {
            let font = try FontHandle()
            unsafe pango_font_description_set_family(font.pointer, style.face.families(for: language))
            unsafe pango_font_description_set_weight(
                font.pointer,
                style.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL
            )
            unsafe pango_font_description_set_absolute_size(font.pointer, size * Double(PANGO_SCALE))
            unsafe pango_layout_set_font_description(paragraph.pointer, font.pointer)
        }

        private func cover(_ paragraph: borrowing ParagraphHandle) -> Box {
            var ink = PangoRectangle()
            var logical = PangoRectangle()
            unsafe pango_layout_get_extents(paragraph.pointer, &ink, &logical)
            let scale = Double(PANGO_SCALE)
            let left = Double(min(ink.x, logical.x)) / scale
            let right = Double(max(ink.x + ink.width, logical.x + logical.width)) / scale
            // By the ink alone: fonts of some scripts claim lines that are twice as high as what they draw.
            return Box(
                x: left,
                y: Double(ink.y) / scale,
                width: right - left,
                height: Double(ink.height) / scale
            )
        }

        private func show(_ paragraph: borrowing ParagraphHandle, _ text: String) throws(CertificatePressError) {
            let walk = try RunWalkHandle(over: paragraph)
            let utf8 = Array(text.utf8)
            repeat {
                // SAFETY: the run belongs to the paragraph, which nothing changes while it is walked over.
                guard let run = unsafe pango_layout_iter_get_run_readonly(walk.pointer) else { continue }
                var extents = PangoRectangle()
                unsafe pango_layout_iter_get_run_extents(walk.pointer, nil, &extents)
                let scale = Double(PANGO_SCALE)
                let x = Double(extents.x) / scale
                let y = unsafe Double(pango_layout_iter_get_baseline(walk.pointer)) / scale
                if let glyphs = unsafe GlyphRun(run, of: utf8, x: x, y: y) {
                    unsafe glyphs.show(on: drawing.pointer)
                } else {
                    unsafe cairo_move_to(drawing.pointer, x, y)
                    unsafe pango_cairo_show_glyph_item(drawing.pointer, text, run)
                }
            } while unsafe pango_layout_iter_next_run(walk.pointer) != 0
        }
    }

    extension Unicode.Scalar {
        /// Whether it is in one of the first blocks of the Arabic script.
        fileprivate var isArabic: Bool { (0x0600...0x08FF).contains(value) }
    }
#endif
