// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct XMLReaderTests {
    func read(_ text: String) throws -> MarkupDocument { try XMLReader.read(Array(text.utf8)) }

    @Test func `elements, attributes, text, CDATA and references are read`() throws {
        let text = """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment --><a x='1' y="&quot;&#x41;&#10;">سلام &amp; <b/>
              <c:d>one</c:d><![CDATA[ <raw> & ]]></a>
            """
        let document = try read(text)
        let root = document.root
        #expect(root.name == "a")
        #expect(root["x"] == "1" && root["y"] == "\"A\n")
        #expect(root.elements.map(\.name) == ["b", "c:d"])
        #expect(root.elements[1].line == 3)
        #expect(document.source(of: root.elements[1]) == "<c:d>one</c:d>")
        #expect(root.children.last == .text(" <raw> & "))
    }

    @Test(arguments: [
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", 1, "document type"),
        ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", 1, "document type"),
        ("<a>\n<!ENTITY x \"y\"></a>", 2, "document type"),
        ("<a>\n\n<b></a>", 3, "</a> where <b> of line 3 is open"),
        ("<a>&nbsp;</a>", 1, "reference"), ("<a>&#0;</a>", 1, "reference"), ("<a>&#1;</a>", 1, "reference"),
        ("<a>& b</a>", 1, "reference"), ("", 1, "no root"), ("junk", 1, "outside its root"),
        ("<a/>junk", 1, "outside its root"),
        ("<a/><b/>", 1, "second root"), ("<a b='1' b='2'/>", 1, "twice"), ("<a b=1/>", 1, "quotes"),
        ("<a b/>", 1, "without a value"),
        ("<a b='<'/>", 1, "quotes"), ("<a", 1, "malformed"), ("<a>", 1, "ends inside <a>"),
        ("<a><b></a></b>", 1, "is open"),
        ("</a>", 1, "without a start"), ("<a><!-- </a>", 1, "comment"), ("<a><![CDATA[ </a>", 1, "CDATA"),
        ("<a>< b/></a>", 1, "begins no tag"),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", 1, "encoding"),
    ])
    func `what is not well-formed is refused with its line`(text: String, line: Int, reason: String) {
        do {
            _ = try read(text)
            Issue.record("was read")
        } catch let error as MarkupError {
            #expect(error.line == line)
            #expect(error.reason.contains(reason))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func `a billion laughs are refused unread`() {
        let laughs = (1...9).map { "<!ENTITY l\($0) \"&l\($0 - 1);&l\($0 - 1);\">" }.joined()
        #expect(throws: MarkupError.self) {
            try read("<?xml version='1.0'?><!DOCTYPE x [<!ENTITY l0 'ha'>\(laughs)]><x>&l9;</x>")
        }
    }

    @Test func `depth and the number of elements are bounded`() throws {
        #expect(throws: MarkupError.self) { try read(String(repeating: "<d>", count: 100_000)) }
        #expect(throws: MarkupError.self) { try read("<r>" + String(repeating: "<e/>", count: 100_001) + "</r>") }
        #expect(throws: MarkupError.self) { try XMLReader.read([0x3C, 0x61, 0xFF, 0x2F, 0x3E]) }
    }
}
