// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How certificates look and what they say, by language.
public struct CertificateTemplate: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<CertificateTemplate>
    /// The template's identifier.
    public let id: ID
    /// How it looks and what it says.
    public let design: CertificateDesign
    /// Which images it has.
    public let pictures: Set<CertificateSheet.Picture>
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date
    /// When it was last changed, UTC.
    public let updatedAt: Date

    package init(
        id: ID,
        design: CertificateDesign,
        pictures: Set<CertificateSheet.Picture>,
        version: Int,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.design = design
        self.pictures = pictures
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What of a template its designer chooses, besides images.
public struct CertificateDesign: Sendable, Hashable {
    /// What it is called, 1–100 characters; no two of a tenant have the same name.
    public var name: String
    /// How the parts are arranged.
    public var layout: CertificateSheet.Layout
    /// The paper.
    public var paper: CertificateSheet.Paper
    /// The colors.
    public var palette: CertificatePalette
    /// What it says, by language; at least in one.
    public var texts: [Language: CertificateWording]

    /// Designs a template.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - layout: How the parts are arranged.
    ///   - paper: The paper.
    ///   - palette: The colors.
    ///   - texts: What it says, by language.
    public init(
        name: String,
        layout: CertificateSheet.Layout = .classic,
        paper: CertificateSheet.Paper = CertificateSheet.Paper(),
        palette: CertificatePalette = CertificatePalette(),
        texts: [Language: CertificateWording]
    ) {
        self.name = name
        self.layout = layout
        self.paper = paper
        self.palette = palette
        self.texts = texts
    }

    /// What certificates look like where no template says otherwise.
    static let standard = CertificateDesign(
        name: "",
        texts: Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, $0.certificateWording) })
    )

    /// The wanted language if it has words in it, or one in which it has.
    func language(nearest wanted: Language) -> Language {
        texts[wanted] != nil ? wanted : Language.allCases.first { texts[$0] != nil } ?? wanted
    }

    func check() throws(CertificateError) {
        guard !texts.isEmpty else { throw .invalidText(field: "texts") }
        guard !CertificateText.cleaned(name).isEmpty else { throw .invalidText(field: "name") }
        for language in Language.allCases { try texts[language]?.check(in: language) }
    }

    /// The texts as they are stored.
    var storedTexts: JSONText {
        var json = JSONWriter()
        json.object { object in
            for language in Language.allCases {
                if let wording = texts[language] { object.field(named: language.rawValue, wording) }
            }
        }
        return JSONText(json.bytes)
    }
}

extension CertificateTemplate {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        let name: String = try fields.next()
        let layout: CertificateSheet.Layout = try fields.next()
        let size: CertificateSheet.Paper.Size = try fields.next()
        let orientation: CertificateSheet.Paper.Orientation = try fields.next()
        let palette = CertificatePalette(
            ink: try CertificateColor(stored: fields.next()),
            accent: try CertificateColor(stored: fields.next()),
            ground: try CertificateColor(stored: fields.next())
        )
        let texts: JSONText = try fields.next()
        design = CertificateDesign(
            name: name,
            layout: layout,
            paper: CertificateSheet.Paper(size, orientation),
            palette: palette,
            texts: try CertificateTemplate.texts(stored: texts)
        )
        let places: [String] = try fields.next()
        pictures = Set(places.compactMap(CertificateSheet.Picture.init(rawValue:)))
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }

    private static func texts(stored: JSONText) throws(DatabaseError) -> [Language: CertificateWording] {
        do {
            let json = try JSONValue.parse(stored.bytes)
            var texts: [Language: CertificateWording] = [:]
            for language in Language.allCases {
                texts[language] = json[language.rawValue].flatMap(CertificateWording.init(stored:))
            }
            return texts
        } catch {
            throw .undecodable(column: "texts", expected: "texts by language")
        }
    }
}

extension CertificateColor {
    fileprivate init(stored hex: String) throws(DatabaseError) {
        do {
            try self.init(hex: hex)
        } catch {
            throw .undecodable(column: "color", expected: "six hexadecimal digits")
        }
    }
}

extension CertificateSheet.Layout: DatabaseConvertible {}
extension CertificateSheet.Paper.Size: DatabaseConvertible {}
extension CertificateSheet.Paper.Orientation: DatabaseConvertible {}
extension CertificateSheet.Picture: DatabaseConvertible {}
