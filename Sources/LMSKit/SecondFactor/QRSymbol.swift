// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A text as a QR code (ISO/IEC 18004).
public protocol QRCodeEncoding: Sendable {
    /// Encodes a text with error correction of level M.
    ///
    /// - Parameter text: At most 2331 bytes.
    /// - Returns: The symbol; `nil` if the text is too long for one.
    func encode(_ text: String) -> QRSymbol?
}

/// The modules of a QR code, row by row.
public struct QRSymbol: Sendable, Hashable {
    /// How many modules a side has.
    public let width: Int
    /// Whether each module is dark.
    public let modules: [Bool]

    /// Takes modules.
    ///
    /// - Parameters:
    ///   - width: How many a side has.
    ///   - modules: Whether each is dark, row by row; `width` × `width` of them.
    public init?(width: Int, modules: [Bool]) {
        guard width > 0, modules.count == width * width else { return nil }
        self.width = width
        self.modules = modules
    }

    /// The symbol as an SVG image with the quiet zone of four modules that readers need.
    public var svg: String {
        let side = width + 8
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard modules[row * width + column] else {
                    column += 1
                    continue
                }
                var end = column
                while end < width, modules[row * width + end] { end += 1 }
                path += "M\(column + 4) \(row + 4)h\(end - column)v1H\(column + 4)z"
                column = end
            }
        }
        return
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" shape-rendering=\"crispEdges\">"
            + "<path fill=\"#fff\" d=\"M0 0h\(side)v\(side)H0z\"/><path d=\"\(path)\"/></svg>"
    }
}
