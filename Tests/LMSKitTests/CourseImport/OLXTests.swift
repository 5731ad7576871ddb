// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct OLXTests {
    /// A small course with each kind of definition: in a file, in place, and grouped.
    static let files: [String: String] = [
        "course.xml": #"<course url_name="run1" org="Org" course="C1"/>"#,
        "course/run1.xml": """
        <course display_name="Ignored" language="fr"><chapter url_name="one"/><chapter url_name="two"/><wiki slug="w"/></course>
        """,
        "policies/run1/policy.json": #"{"course/run1": {"display_name": "مقدمة في البرمجة", "language": "ar"}}"#,
        "about/short_description.html": "<p>Short &amp; sweet</p>",
        "chapter/one.xml": #"<chapter display_name="First"><sequential url_name="s1"/></chapter>"#,
        "chapter/two.xml": """
        <chapter display_name="Second"><sequential display_name="Inline">
          <vertical display_name="All inline" url_name="inline">
            <html display_name="Text"><p>Inline <b>text</b> &amp; <br/> more <i/> end</p></html>
            <problem><multiplechoiceresponse><choicegroup/></multiplechoiceresponse></problem>
            <poll url_name="p1" question="Why?"/>
            <video html5_sources='["https://example.org/v.mp4"]'/>
            <html/>
          </vertical></sequential></chapter>
        """,
        "sequential/s1.xml":
            #"<sequential display_name="Week 1"><vertical url_name="v1"/><vertical url_name="gone"/></sequential>"#,
        "vertical/v1.xml": """
        <vertical display_name="Unit one">
          <html url_name="h1"/>
          <video url_name="vid"/>
          <problem url_name="q1"/>
          <problem url_name="lost"/>
          <problem url_name="broken"/>
          <library_content url_name="lib"/>
          <pdf url_name="doc" url="/static/guide.pdf" display_name="Guide"/>
          <video url_name="novideo" display_name="x"/>
        </vertical>
        """,
        "html/h1.xml": #"<html filename="h1" display_name="H"/>"#,
        "html/h1.html":
            "<p onclick='x()'>Hi <img src='/static/a%20b.png'><img src='/static/lost.png'></p><script src='/static/s.js'></script>",
        "video/vid.xml":
            #"<video youtube="0.75:zzz,1.00:abc" sub=""><video_asset duration="61.5"/><transcript src="/static/t.srt"/></video>"#,
        "problem/q1.xml": "<problem display_name=\"Q\">\n  <numericalresponse answer=\"4\"/>\n</problem>",
        "problem/broken.xml": "<problem>\n<p></problem>",
        "problem/l1.xml": "<problem><stringresponse answer=\"x\"/></problem>",
        "library_content/lib.xml": #"<library_content max_count="1"><problem url_name="l1"/></library_content>"#,
        "static/a b.png": "png", "static/guide.pdf": "pdf", "static/unused.png": "png",
    ]

    func read(_ files: [String: String]) throws -> ImportedCourse {
        try OLX.read(InMemoryCourseFiles(files.mapValues { Array($0.utf8) }))
    }

    @Test func `structure, titles and policy are read`() throws {
        let course = try read(Self.files)
        #expect(course.title == "مقدمة في البرمجة")
        #expect(course.language == "ar")
        #expect(course.description == "Short & sweet")
        #expect(course.modules.map(\.title) == ["First", "Second"])
        #expect(course.modules[0].lessons.map(\.title) == ["Unit one", "gone"])
        #expect(course.modules[0].lessons.map(\.section) == ["Week 1", "Week 1"])
        #expect(course.modules[1].lessons.map(\.title) == ["All inline"])
        #expect(course.report.modules == 2 && course.report.lessons == 3)
    }

    @Test func `every block comes out in order, with its source where it has no counterpart`() throws {
        let course = try read(Self.files)
        let blocks = course.modules[0].lessons[0].blocks
        #expect(
            blocks.map(\.content) == [
                .html("<p>Hi <img src=\"/static/a%20b.png\"><img src=\"/static/lost.png\"></p>"),
                .video(source: "abc", provider: "youtube", durationSeconds: 61),
                .problem(kind: "numericalresponse", source: Self.files["problem/q1.xml"] ?? ""),
                .opaque(kind: "problem", source: #"<problem url_name="lost"/>"#),
                .opaque(kind: "problem", source: "<problem>\n<p></problem>"),
                .opaque(kind: "library_content", source: Self.files["library_content/lib.xml"] ?? ""),
                .problem(kind: "stringresponse", source: Self.files["problem/l1.xml"] ?? ""),
                .file(path: "static/guide.pdf", name: "Guide"),
                .opaque(kind: "video", source: #"<video url_name="novideo" display_name="x"/>"#),
            ]
        )
        #expect(
            course.modules[1].lessons[0].blocks.map(\.content) == [
                .html("<p>Inline <b>text</b> &amp; <br> more <i></i> end</p>"),
                .problem(
                    kind: "multiplechoiceresponse",
                    source: "<problem><multiplechoiceresponse><choicegroup/></multiplechoiceresponse></problem>"
                ),
                .opaque(kind: "poll", source: #"<poll url_name="p1" question="Why?"/>"#),
                .video(source: "https://example.org/v.mp4", provider: nil, durationSeconds: nil),
                .html(""),
            ]
        )
    }

    @Test func `the report names whatever is missing, broken, reduced or left out`() throws {
        let report = try read(Self.files).report
        #expect(
            report.findings(.missingFile).map(\.detail) == [
                "line 5 names problem/lost.xml", "line 1 names vertical/gone.xml",
            ]
        )
        #expect(report.findings(.brokenFile).map(\.path) == ["problem/broken.xml"])
        #expect(report.findings(.missingAsset).map(\.detail) == ["static/lost.png", "static/s.js", "static/t.srt"])
        #expect(report.findings(.reducedBlock).map(\.detail) == ["removed: script", "not kept: transcript"])
        #expect(report.findings(.opaqueBlock).count == 3)
        #expect(report.findings(.notImported).map(\.path) == ["course/run1.xml", "static/unused.png"])
        #expect(try read(Self.files).assets == ["static/a b.png", "static/guide.pdf"])
    }

    @Test func `a course in the archive's only directory is found`() throws {
        let nested = Dictionary(uniqueKeysWithValues: Self.files.map { ("export/" + $0.key, $0.value) })
        let course = try read(nested)
        #expect(course.report.findings.count == (try read(Self.files)).report.findings.count)
        #expect(course.assets == ["export/static/a b.png", "export/static/guide.pdf"])
    }

    @Test func `a broken root refuses the course with path and line`() throws {
        #expect(throws: CourseImportError.noCourse) { try read([:]) }
        #expect(throws: CourseImportError.noCourse) { try read(["a/course.xml": "<course/>", "b/x": ""]) }
        #expect(throws: CourseImportError.missing(path: "course/run1.xml")) {
            try read(["course.xml": #"<course url_name="run1"/>"#])
        }
        var files = Self.files
        files["course/run1.xml"] = "<course>\n<chapter></course>"
        #expect(
            throws: CourseImportError.malformed(
                path: "course/run1.xml",
                line: 2,
                reason: "has </course> where <chapter> of line 2 is open"
            )
        ) { try read(files) }
        files = Self.files
        files["chapter/one.xml"] = "<!DOCTYPE x [<!ENTITY a 'b'>]><chapter/>"
        #expect(
            throws: CourseImportError.malformed(
                path: "chapter/one.xml",
                line: 1,
                reason: "has a document type or entity declaration, which is refused"
            )
        ) { try read(files) }
        files = ["course.xml": "<library/>"]
        #expect(
            throws: CourseImportError.malformed(
                path: "course.xml",
                line: 1,
                reason: "the root is <library>, not <course>"
            )
        ) {
            try read(files)
        }
    }

    @Test func `names that point outside or at themselves lead nowhere`() throws {
        let course = try read([
            "course.xml":
                #"<course url_name="r"><chapter url_name="../../etc/passwd"/><chapter><sequential><vertical><wrapper url_name="w"/></vertical></sequential></chapter></course>"#,
            "wrapper/w.xml": #"<wrapper><wrapper url_name="w"/><html url_name="../h"/></wrapper>"#,
        ])
        #expect(course.modules.count == 2)
        #expect(course.blocks.count == 3)
    }
}
