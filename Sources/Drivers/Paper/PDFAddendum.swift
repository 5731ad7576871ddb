// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    internal import LMSKit

    /// What cairo 1.16 cannot say in a PDF: its language, that its title is to be shown, and files inside it.
    ///
    /// It is appended as an incremental update (ISO 32000-1 §7.5.6): the bytes that cairo wrote stay as they are, and the
    /// catalog is written once more with what is added. Attachments are named in `EmbeddedFiles` (§7.11.4) and in `AF`
    /// (ISO 32000-2 §14.13), so that old and new readers find them.
    struct PDFAddendum {
        let language: String
        let isRightToLeft: Bool
        let attachments: [CertificateAttachment]

        /// The file with the addition at its end.
        ///
        /// - Parameter file: A PDF with a cross-reference table, as cairo writes it up to version 1.5.
        /// - Returns: The longer file.
        /// - Throws: `CertificatePressError.failed` if the file is built in another way.
        func applied(to file: [UInt8]) throws(CertificatePressError) -> [UInt8] {
            let ending = try Ending(of: file)
            var writer = Writer(bytes: file)
            var references: [String] = []
            var names: [String] = []
            var next = ending.size
            for attachment in attachments.sorted(by: { $0.name < $1.name }) {
                writer.object(next, stream(attachment))
                writer.object(next + 1, specification(attachment, stream: next))
                names.append("(\(attachment.name)) \(next + 1) 0 R")
                references.append("\(next + 1) 0 R")
                next += 2
            }
            var catalog = ending.catalog
            catalog += "\n/Lang (\(language))\n/ViewerPreferences << /DisplayDocTitle true"
            catalog += isRightToLeft ? " /Direction /R2L >>" : " >>"
            if !references.isEmpty {
                catalog += "\n/Names << /EmbeddedFiles << /Names [\(names.joined(separator: " "))] >> >>"
                catalog += "\n/AF [\(references.joined(separator: " "))]\n/PageMode /UseAttachments"
            }
            writer.object(ending.root, Array("<< \(catalog) >>".utf8))
            writer.finish(ending, size: next)
            return writer.bytes
        }

        private func stream(_ attachment: CertificateAttachment) -> [UInt8] {
            let type = attachment.mediaType.split(separator: "/").joined(separator: "#2F")
            let size = attachment.bytes.count
            let head =
                "<< /Type /EmbeddedFile /Subtype /\(type) /Length \(size) /Params << /Size \(size) >> >>\nstream\n"
            return Array(head.utf8) + attachment.bytes + Array("\nendstream".utf8)
        }

        private func specification(_ attachment: CertificateAttachment, stream: Int) -> [UInt8] {
            let name = attachment.name
            return Array(
                """
                << /Type /Filespec /F (\(name)) /UF (\(name)) /AFRelationship /Data
                /EF << /F \(stream) 0 R /UF \(stream) 0 R >> >>
                """.utf8
            )
        }
    }

    /// What stands at the end of a PDF.
    private struct Ending {
        /// How many objects there are, the free one included.
        let size: Int
        /// The number of the catalog.
        let root: Int
        /// The number of the description.
        let info: Int
        /// Where the cross-reference table begins.
        let table: Int
        /// What stands in the catalog's dictionary.
        let catalog: String

        init(of file: [UInt8]) throws(CertificatePressError) {
            let tail = String(decoding: file.suffix(256), as: UTF8.self)
            guard let table = tail.number(after: "startxref\n"), table < file.count,
                case let text = String(decoding: file[table...], as: UTF8.self), text.hasPrefix("xref\n0 "),
                let size = text.number(after: "/Size "), let root = text.number(after: "/Root "),
                let info = text.number(after: "/Info "), root < size
            else { throw .failed(reason: "the PDF has no plain cross-reference table") }
            // Twenty bytes for each object after two lines (§7.5.4).
            let entries = 5 + "0 \(size)\n".utf8.count
            let entry = table + entries + 20 * root
            guard entry + 10 <= file.count,
                let offset = Int(String(decoding: file[entry..<(entry + 10)], as: UTF8.self)), offset < table,
                case let object = String(decoding: file[offset..<table], as: UTF8.self),
                object.hasPrefix("\(root) 0 obj\n<< /Type /Catalog"),
                let end = object.bytes(before: ">>\nendobj")
            else { throw .failed(reason: "the PDF's catalog is not where it should be") }
            self.size = size
            self.root = root
            self.info = info
            self.table = table
            catalog = String(decoding: Array(object.utf8)["\(root) 0 obj\n<< ".utf8.count..<end], as: UTF8.self)
        }
    }

    /// Appends objects and remembers where they are.
    private struct Writer {
        var bytes: [UInt8]
        private var places: [(number: Int, offset: Int)] = []

        init(bytes: [UInt8]) {
            self.bytes = bytes
            if bytes.last != UInt8(ascii: "\n") { self.bytes.append(UInt8(ascii: "\n")) }
        }

        mutating func object(_ number: Int, _ body: [UInt8]) {
            places.append((number, bytes.count))
            bytes += Array("\(number) 0 obj\n".utf8) + body + Array("\nendobj\n".utf8)
        }

        mutating func finish(_ ending: Ending, size: Int) {
            let start = bytes.count
            var text = "xref\n"
            for place in places.sorted(by: { $0.number < $1.number }) {
                let offset = String(place.offset)
                text +=
                    "\(place.number) 1\n\(String(repeating: "0", count: 10 - offset.utf8.count))\(offset) 00000 n \n"
            }
            text +=
                "trailer\n<< /Size \(size) /Root \(ending.root) 0 R /Info \(ending.info) 0 R /Prev \(ending.table) >>\n"
            text += "startxref\n\(start)\n%%EOF\n"
            bytes += Array(text.utf8)
        }
    }

    extension String {
        /// The digits after the last place of a text.
        fileprivate func number(after mark: String) -> Int? {
            let all = Array(utf8)
            let mark = Array(mark.utf8)
            guard all.count > mark.count,
                let start = (0...(all.count - mark.count)).last(where: { all[$0...].starts(with: mark) })
            else { return nil }
            let digits = all[(start + mark.count)...].prefix { (0x30...0x39).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self))
        }

        /// How many bytes come before the first place of a text.
        fileprivate func bytes(before mark: String) -> Int? {
            let all = Array(utf8)
            let mark = Array(mark.utf8)
            guard all.count >= mark.count else { return nil }
            return (0...(all.count - mark.count)).first { all[$0...].starts(with: mark) }
        }
    }
#endif
