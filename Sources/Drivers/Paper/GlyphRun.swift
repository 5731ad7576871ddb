// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import CLMSPango

    /// The glyphs of a run from right to left, with the letters that each stands for.
    ///
    /// Cairo writes into a PDF which letters a glyph, or a group of glyphs, stands for. Where a group stands for several, it
    /// writes them as `ActualText` in the order in which they are read, and poppler turns that order round once more when
    /// text runs from right to left. So a group of as many glyphs as letters is told apart here, and a ligature of lam with
    /// alef or alef maksura is given as the one letter that Unicode has for it (NFKC makes two of it again).
    ///
    /// SAFETY: `font` belongs to the paragraph that the run is of, and is used only while that is drawn.
    @safe struct GlyphRun {
        private var glyphs: [cairo_glyph_t] = []
        private var clusters: [cairo_text_cluster_t] = []
        private var utf8: [UInt8] = []
        private let font: OpaquePointer

        /// Takes a run apart; `nil` for one from left to right and one with missing glyphs, which pango draws itself.
        ///
        /// - Parameters:
        ///   - run: A run of a paragraph.
        ///   - text: The paragraph's text.
        ///   - x: Where the run begins on the page.
        ///   - y: Its baseline.
        init?(_ run: UnsafeMutablePointer<PangoGlyphItem>, of text: [UInt8], x: Double, y: Double) {
            // SAFETY: a run has an item with a font, and `num_glyphs` glyphs with as many cluster offsets.
            let item = unsafe run.pointee.item.pointee
            let string = unsafe run.pointee.glyphs.pointee
            guard unsafe item.analysis.level & 1 == 1, let pangoFont = unsafe item.analysis.font,
                let font = unsafe pango_cairo_font_get_scaled_font(OpaquePointer(pangoFont))
            else { return nil }
            unsafe self.font = font
            let count = unsafe Int(string.num_glyphs)
            let empty: UInt32 = 0x0FFF_FFFF
            let unknown: UInt32 = 0x1000_0000
            let scale = Double(PANGO_SCALE)
            var places: [Place] = []
            var pen = x
            for index in 0..<count {
                let info = unsafe string.glyphs[index]
                guard info.glyph & unknown == 0 else { return nil }
                if info.glyph != empty {
                    let glyph = cairo_glyph_t(
                        index: UInt(info.glyph),
                        x: pen + Double(info.geometry.x_offset) / scale,
                        y: y + Double(info.geometry.y_offset) / scale
                    )
                    unsafe places.append(Place(glyph: glyph, start: Int(string.log_clusters[index])))
                }
                pen += Double(info.geometry.width) / scale
            }
            let letters = unsafe Array(text[Int(item.offset)..<Int(item.offset + item.length)])
            add(places, letters)
        }

        /// Draws the run.
        func show(on drawing: OpaquePointer) {
            guard !glyphs.isEmpty else { return }
            unsafe cairo_set_scaled_font(drawing, font)
            // SAFETY: the arrays live as long as the call; the clusters add up to all letters and all glyphs, as `add` made them.
            unsafe utf8.withUnsafeBufferPointer { letters in
                unsafe letters.withMemoryRebound(to: CChar.self) { letters in
                    unsafe cairo_show_text_glyphs(
                        drawing,
                        letters.baseAddress,
                        Int32(letters.count),
                        glyphs,
                        Int32(glyphs.count),
                        clusters,
                        Int32(clusters.count),
                        CAIRO_TEXT_CLUSTER_FLAG_BACKWARD
                    )
                }
            }
        }

        private struct Place {
            var glyph: cairo_glyph_t
            /// Where its letters begin in those of the run.
            var start: Int
        }

        /// Adds glyphs, which come from left to right, and their letters, which come as they are read.
        private mutating func add(_ places: [Place], _ letters: [UInt8]) {
            glyphs = places.map(\.glyph)
            let starts = Set(places.map(\.start)).sorted()
            for (index, start) in starts.enumerated() {
                let end = index + 1 < starts.count ? starts[index + 1] : letters.count
                // What comes before the first glyph, such as a joiner that is not drawn, goes with it.
                let own = Array(letters[(index == 0 ? 0 : start)..<end])
                let count = places.count { $0.start == start }
                let scalars = String(decoding: own, as: UTF8.self).unicodeScalars.filter { !$0.isJoiner }
                if scalars.count == count {
                    for scalar in scalars { add(Array(String(scalar).utf8), glyphs: 1) }
                } else if count == 1, let ligature = Self.ligatures[scalars.map(\.value)] {
                    add(Array(String(ligature).utf8), glyphs: 1)
                } else {
                    add(own, glyphs: count)
                }
            }
        }

        private mutating func add(_ letters: [UInt8], glyphs count: Int) {
            utf8 += letters
            clusters.append(cairo_text_cluster_t(num_bytes: Int32(letters.count), num_glyphs: Int32(count)))
        }

        /// The ligatures that Noto Sans Arabic makes without being asked, as the presentation forms of Unicode 15 §9.2.
        private static let ligatures: [[UInt32]: Unicode.Scalar] = [
            [0x0644, 0x0622]: "\u{FEF5}", [0x0644, 0x0623]: "\u{FEF7}", [0x0644, 0x0625]: "\u{FEF9}",
            [0x0644, 0x0627]: "\u{FEFB}", [0x0644, 0x0649]: "\u{FC43}",
        ]
    }

    extension Unicode.Scalar {
        /// Whether it joins or parts letters, or marks a direction, and is not drawn.
        fileprivate var isJoiner: Bool {
            switch value {
            case 0x061C, 0x200B...0x200F: true
            default: false
            }
        }
    }
#endif
