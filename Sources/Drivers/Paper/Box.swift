// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A part of the page, in points from its upper left corner.
struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    /// The same box without a margin.
    func inset(_ margin: Double) -> Box {
        Box(x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin)
    }

    /// A part of the box of a height, from its upper edge.
    func top(_ height: Double) -> Box { Box(x: x, y: y, width: width, height: height) }

    /// A part of the box of a height, from its lower edge.
    func bottom(_ height: Double) -> Box { Box(x: x, y: y + self.height - height, width: width, height: height) }

    /// One of several columns with gaps between them; the first is where lines begin.
    func column(_ index: Int, of count: Int, gap: Double, mirrored: Bool) -> Box {
        let side = (width - gap * Double(count - 1)) / Double(count)
        let place = Double(mirrored ? count - 1 - index : index)
        return Box(x: x + place * (side + gap), y: y, width: side, height: height)
    }

    /// The largest square within, centered.
    var square: Box {
        let side = min(width, height)
        return Box(x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side)
    }
}

/// Where a text stands in its box.
enum Alignment {
    case start, center
}
